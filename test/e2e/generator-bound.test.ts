import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/cli.ts'
import { HOSTS, open } from './host.ts'

const PATIENT = { timeout: 20_000 }
/** More than any machine sends. */
const TOO_MUCH = '2000000'

test.each(HOSTS)('on the %s a generator that gives way is named, and a rate that it can send is a button away', async (name) => {
  const folder = temporaryFolder()
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  const achieved = page.getByTestId('tile-achieved')
  try {
    // The target that comes with the product.
    await page.getByTestId('run-button').click()
    await page.getByTestId('chart-rate').waitFor(PATIENT)
    await expect.poll(() => achieved.innerText(), PATIENT).toMatch(/target 500/)
    await expect.poll(() => page.getByTestId('run-state').innerText(), PATIENT).toContain('Running')
    await page.keyboard.press('r')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(TOO_MUCH)
    await page.keyboard.press('Enter')

    const banner = page.getByTestId('remedy-banner')
    await banner.waitFor(PATIENT)
    expect(await banner.innerText()).toMatch(/has not kept up since 00:\d\d\./)
    expect(await banner.getByRole('button').first().innerText()).toBe('Add a worker')
    await banner.getByTestId('lower-rate').click()
    await expect.poll(() => achieved.innerText(), PATIENT).not.toContain('2,000,000')
    await page.getByTestId('stop-button').click()
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    await banner.waitFor({ state: 'detached', ...PATIENT })
  } finally {
    await host.close()
    folder.remove()
  }
})
