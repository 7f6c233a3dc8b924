import { expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { startNginx } from '../support/nginx.ts'
import { HOSTS, open } from './host.ts'

const PATIENT = { timeout: 25_000 }

test.each(HOSTS)('on the %s a run that fails too much is stopped by the limit of the settings, and says so', async (name) => {
  const [folder, nginx] = [temporaryFolder(), await startNginx()]
  await runCli(['run', `${nginx.url}busy`, '--name', 'broken', '-r', '50', '-d', '5m', '--stop-at-errors', '0%', '-Q'], { dataDir: folder.path })
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  const limit = page.getByTestId('limit-errors')
  try {
    await page.keyboard.press('ControlOrMeta+,')
    await limit.fill('150%')
    await limit.press('Enter')
    await expect.poll(() => page.getByRole('alert').innerText(), PATIENT).toBe('Write a percentage from 0% to 100%, e.g. 50%.')
    await limit.fill('50')
    await limit.press('Enter')
    await expect.poll(() => limit.inputValue(), PATIENT).toBe('50%')

    await page.getByRole('navigation').getByRole('link', { name: /^Tasks/ }).click()
    await page.getByTestId('task-row').getByRole('button', { name: 'Run' }).click()
    await expect.poll(() => page.getByTestId('verdict').innerText(), PATIENT).toContain('100% of the last five seconds failed, more than the limit of 50%.')
    expect(await page.getByTestId('event-text').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining('100% failed, limit 50%: stopped')]))
  } finally {
    await host.close()
    await nginx.stop()
    folder.remove()
  }
})
