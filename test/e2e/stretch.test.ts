import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Summary } from '../../src/shared/results/summary.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { HOSTS, open } from './host.ts'

const PATIENT = { timeout: 20_000 }
const RATE = 100
const SECONDS = 8

/** Answers well at first; from some request on, each with 503. */
async function startFailingLater(failsFrom: number): Promise<{ url: string; close(): Promise<void> }> {
  let requests = 0
  const server = createServer((_, response) => {
    response.statusCode = requests++ < failsFrom ? 200 : 503
    response.end('x')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const read = async (locator: Locator): Promise<string> => (await locator.innerText()).replace(/\s+/g, ' ')

/** Drags over a part (0 … 1) of the time axis. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const box = (await page.getByTestId('chart-rate').boundingBox())!
  // The plot's inset within the chart, `plot-box.ts`.
  const [left, width, y] = [box.x + 54, box.width - 54 - 78, box.y + box.height / 2]
  await page.mouse.move(left + from * width, y)
  await page.mouse.down()
  await page.mouse.move(left + ((from + to) / 2) * width, y, { steps: 4 })
  await page.mouse.move(left + to * width, y, { steps: 4 })
  await page.mouse.up()
}

test.each(HOSTS)('on the %s tiles and errors tell of the stretch that is zoomed into, by drag and by keys', async (name) => {
  const [folder, target] = [temporaryFolder(), await startFailingLater((RATE * SECONDS) / 2)]
  const { stdout } = await runCli(['run', target.url, '-r', String(RATE), '-d', `${SECONDS}s`, '-Q', '--json'], { dataDir: folder.path }).finally(target.close)
  const { points } = JSON.parse(stdout) as Summary
  const completed = (from: number, to: number): number => points.filter(({ atMs }) => atMs > from * 1000 && atMs <= to * 1000).reduce((sum, point) => sum + point.completed, 0)
  const host = await open(name, { dataDir: folder.path, locale: 'en' })
  const { page } = host
  const [tiles, errors] = [page.getByTestId('stretch-tiles'), page.getByTestId('tile-errors')]
  try {
    await page.getByRole('navigation').getByRole('link', { name: /^History/ }).click()
    await page.getByTestId('history-row').getByRole('link').click()
    await page.getByTestId('chart-rate').waitFor(PATIENT)
    const whole = await read(errors)
    expect(whole).toContain('of 800')
    expect(await tiles.count()).toBe(0)

    // Of the first three seconds nothing failed.
    await drag(page, 0.02, 0.34)
    await tiles.waitFor(PATIENT)
    expect(await read(errors)).toBe(`Errors 0% 0 of ${completed(0, 3)}`)
    expect(await read(page.getByTestId('tile-achieved'))).toMatch(/00:00 – 00:03 \d+ ?req\/s target 100 · [\d.]+%/)
    expect(await read(page.getByTestId('tile-p99'))).toMatch(/max [\d.]+ (ms|µs) ≈ [\d.]+ ?(ms|µs) service ≤ [\d.]+ (ms|µs)/)
    expect(await read(page.getByRole('region', { name: 'Errors' }))).toContain('No errors in this stretch')

    await page.keyboard.press('Escape')
    await expect.poll(() => tiles.count(), PATIENT).toBe(0)
    expect(await read(errors)).toBe(whole)

    // Back from the end: the last second, and from there to the last but one.
    await page.mouse.move(0, 0)
    await page.getByTestId('chart-rate').focus()
    for (const key of ['ArrowRight', 'Enter', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
    await tiles.waitFor(PATIENT)
    const last = points.at(-1)!.atMs / 1000
    const failed = completed(last - 2, last)
    expect(await read(errors)).toBe(`Errors 100% ${failed} of ${failed}`)
    expect(await read(page.getByRole('region', { name: 'Errors' }))).toMatch(new RegExp(`${failed} in this stretch.*503 Service Unavailable ${failed} 100%`))
  } finally {
    await host.close()
    folder.remove()
  }
})
