import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { startCountingTarget } from '../support/counting-target.ts'
import { HOSTS, open } from './host.ts'

const PATIENT = { timeout: 20_000 }
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results = await page.evaluate((tags) => (window as unknown as { axe: { run(context: Document, options: object): Promise<AxeResults> } }).axe.run(document, { runOnly: tags }), STANDARD)
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${(failureSummary ?? '').split('\n')[1]?.trim() ?? ''}`))
}

test.each(HOSTS)('on the %s runs are found, marked, compared, reported, and deleted with a way back', async (name) => {
  const [folder, target] = [temporaryFolder(), await startCountingTarget()]
  for (const tag of ['a=1', 'a=2', 'a=3']) await runCli(['run', target.url, '-r', '100', '-d', '2s', '-Q', '--tag', tag], { dataDir: folder.path })
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  try {
    await page.getByRole('navigation').getByRole('link', { name: /^History/ }).click()
    const rows = page.getByTestId('history-row')
    await expect.poll(() => rows.count(), PATIENT).toBe(3)

    await page.getByRole('textbox').fill('a=2')
    await expect.poll(() => rows.count(), PATIENT).toBe(1)
    await rows.getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Note and tags' }).click()
    await page.getByTestId('note-input').fill('pool of 200')
    await page.keyboard.press('Enter')
    await expect.poll(() => rows.innerText(), PATIENT).toContain('pool of 200')
    await page.getByRole('textbox').fill('POOL')
    await expect.poll(() => rows.count(), PATIENT).toBe(1)
    await rows.getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Set as baseline' }).click()
    await expect.poll(() => rows.innerText(), PATIENT).toContain('★ baseline')
    await page.getByRole('textbox').fill('')
    await expect.poll(() => rows.count(), PATIENT).toBe(3)
    expect.soft(await violations(page), 'history').toEqual([])

    for (const row of (await rows.all()).slice(0, 2)) await row.getByRole('checkbox').press('Space')
    await page.getByTestId('compare-selected').press('Enter')
    await page.getByTestId('comparison').waitFor(PATIENT)
    expect(await page.locator('[data-metric="p99"]').innerText()).toMatch(/p99\s+[\d.]+ ms\s+[\d.]+ ms/)
    expect.soft(await violations(page), 'compare').toEqual([])
    await page.getByTestId('cdf-table').press('Enter')
    expect(await page.getByTestId('cdf').locator('tbody tr').first().innerText()).toMatch(/1%\s+[\d.]+ (ms|µs)\s+[\d.]+ (ms|µs)/)

    await page.getByRole('link', { name: 'Back to history' }).click()
    // By its key, which the menu of the desktop sends.
    await rows.first().getByRole('link').click()
    await page.getByTestId('baseline-button').waitFor(PATIENT)
    await page.keyboard.press('Control+b')
    await page.getByRole('button', { name: '★ baseline' }).waitFor(PATIENT)
    const baseline = new URL(page.url()).hash

    // What follows is told against it, while it goes and when it has ended.
    await page.getByTestId('rerun-button').click()
    await page.getByTestId('stop-button').waitFor(PATIENT)
    const change = page.getByTestId('tile-p99').getByTestId('tile-change')
    await change.waitFor(PATIENT)
    await page.getByTestId('compare-button').waitFor(PATIENT)
    await expect.poll(() => change.innerText(), PATIENT).toMatch(/[\d.]+%/)
    await page.getByTestId('compare-button').click()
    await page.getByTestId('comparison').waitFor(PATIENT)
    expect(await page.getByTestId('comparison').getByRole('link').first().getAttribute('href')).toBe(baseline)

    await page.getByRole('navigation').getByRole('link', { name: /^History/ }).click()
    await expect.poll(() => rows.count(), PATIENT).toBe(4)
    await rows.first().getByRole('button').click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await expect.poll(() => rows.count(), PATIENT).toBe(3)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => rows.count(), PATIENT).toBe(4)

    if (name === 'console') {
      const download = page.waitForEvent('download')
      await rows.first().getByRole('button').click()
      await page.getByRole('menuitem', { name: /Save report/ }).click()
      expect(readFileSync(await (await download).path(), 'utf8')).toContain('<!doctype html>')
    }
  } finally {
    await host.close()
    await target.stop()
    folder.remove()
  }
})
