import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { startNginx } from '../support/nginx.ts'
import { HOSTS, open } from './host.ts'

const PATIENT = { timeout: 20_000 }
const [RATE, SECONDS] = [20, 4]

test.each(HOSTS)('on the %s all charts of a run show one of its steps alone, by its name', async (name) => {
  const [folder, nginx] = [temporaryFolder(), await startNginx()]
  const step = (of: string, path: string): object => ({ name: of, request: { url: `${nginx.url}${path}` }, onFailure: 'continue' })
  const file = join(folder.path, 'shop.json')
  writeFileSync(file, JSON.stringify({ name: 'shop', load: { rate: RATE, duration: `${SECONDS}s` }, steps: [step('browse', ''), step('order', 'busy')] }))
  await runCli(['run', file, '--allow-saturated', '-Q'], { dataDir: folder.path })
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  const shown = page.getByTestId('chart-step')
  const column = async (heading: string): Promise<number[]> => {
    const headings = await page.locator('table.table').first().locator('th').allInnerTexts()
    const cells = await page.locator('table.table').first().locator(`tbody td:nth-child(${headings.indexOf(heading) + 1})`).allInnerTexts()
    return cells.map((text) => Number(text))
  }
  const sum = (counts: number[]): number => counts.reduce((all, count) => all + count, 0)
  try {
    await page.getByRole('navigation').getByRole('link', { name: /^History/ }).click()
    await page.getByTestId('history-row').first().click()
    await page.getByTestId('chart-rate').waitFor(PATIENT)
    await page.getByRole('button', { name: 'order', exact: true }).press('Enter')
    await expect.poll(() => shown.allInnerTexts(), PATIENT).toEqual(['order', 'order', 'order'])
    await page.getByRole('button', { name: 'Show as table' }).first().click()
    await expect.poll(async () => sum(await column('Failed')), PATIENT).toBe(RATE * SECONDS)
    expect(sum(await column('Achieved'))).toBe(RATE * SECONDS)

    await page.getByRole('button', { name: 'browse', exact: true }).press('Enter')
    await expect.poll(async () => sum(await column('Failed')), PATIENT).toBe(0)
    expect(sum(await column('Achieved'))).toBe(RATE * SECONDS)
    await page.getByTestId('all-steps').click()
    await shown.first().waitFor({ state: 'detached', ...PATIENT })
    await expect.poll(async () => (await column('Target')).includes(RATE), PATIENT).toBe(true)
  } finally {
    await host.close()
    await nginx.stop()
    folder.remove()
  }
})
