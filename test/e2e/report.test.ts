import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ErrorSample } from '../../src/shared/results/sample.ts'
import type { Summary } from '../../src/shared/results/summary.ts'
import { syntheticSummary } from '../main/report/report-run.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'
import { open } from './host.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const folder = temporaryFolder()
let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  folder.remove()
})

/** A report in a browser, and all that it complained of or asked for. */
async function look(path: string, options: BrowserContextOptions = {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await (await browser.newContext({ viewport: { width: 1120, height: 900 }, ...options })).newPage()
  const complaints: string[] = []
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()) })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => { complaints.push(dialog.message()); void dialog.dismiss() })
  page.on('request', (request) => { if (request.url() !== pathToFileURL(path).href) complaints.push(`asked for ${request.url()}`) })
  await page.goto(pathToFileURL(path).href)
  return { page, complaints }
}

/** Through the real command line, from results in a file. */
async function reported(name: string, summary: Summary, ...flags: string[]): Promise<string> {
  const [from, to] = [join(folder.path, `${name}.json`), join(folder.path, `${name}.html`)]
  writeFileSync(from, JSON.stringify(summary))
  const ended = await runCli(['report', from, '-o', to, '--lang', 'en', ...flags], { dataDir: folder.path })
  expect(ended).toMatchObject({ code: 0 })
  return to
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results = await page.evaluate((tags) => (window as unknown as { axe: { run(context: Document, options: object): Promise<AxeResults> } }).axe.run(document, { runOnly: tags }), STANDARD)
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${(failureSummary ?? '').split('\n')[1]?.trim() ?? ''}`))
}

const figures = (page: Page): Promise<string[]> => page.locator('.tiles .figure').allInnerTexts()

test('a real run shows the same digits on the screen, in the terminal, in --json and in its report', async () => {
  const html = join(folder.path, 'real.html')
  const ended = await runCli(['demo', '-r', '200', '-d', '4s', '--json', '-Q', '-o', `html=${html}`, '--lang', 'en'], { dataDir: folder.path })
  const summary = JSON.parse(ended.stdout) as Summary
  const shown = await runCli(['history', summary.run.id, '--lang', 'en'], { dataDir: folder.path })
  const { page, complaints } = await look(html)
  const [, p50 = '', p95 = '', p99 = '', errors = ''] = await figures(page)
  expect(complaints).toEqual([])
  expect([p50, p95, p99].map((figure) => Number.parseFloat(figure))).toEqual([summary.responseTime.p50, summary.responseTime.p95, summary.responseTime.p99])
  for (const figure of [p50, p95, p99]) expect(shown.stdout).toContain(figure.replace(/\s+/, ' '))
  const host = await open('console', { dataDir: folder.path, locale: 'en' })
  try {
    await host.page.goto(`${new URL(host.page.url()).origin}/#/runs/${summary.run.id}`)
    const tile = async (name: string): Promise<string> => host.page.getByTestId(`tile-${name}`).locator('.value').innerText()
    await host.page.getByTestId('rerun-button').waitFor()
    const compact = (text: string): string => text.replace(/\s+/g, '')
    for (const [name, figure] of Object.entries({ p50, p95, p99, errors })) expect(compact(await tile(name)), name).toBe(compact(figure))
  } finally {
    await host.close()
  }
})

test('the report of an hour has no complaint, breaks no rule of WCAG 2.2 AA in either theme, and is at most 600 KB', async () => {
  const path = await reported('hour', syntheticSummary(3600))
  expect(readFileSync(path).length).toBeLessThan(600_000)
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, complaints } = await look(path, { colorScheme })
    await page.locator('details.samples summary').click()
    expect(await violations(page), colorScheme).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  }
})

test('it is painted before any script runs', async () => {
  const path = await reported('still', syntheticSummary(60))
  const { page } = await look(path, { javaScriptEnabled: false })
  expect(await page.locator('svg[data-chart]').count()).toBe(4)
  const box = await page.locator('svg[data-chart="latency"] .line.p99').boundingBox()
  expect(box?.width).toBeGreaterThan(700)
  expect(await page.getByRole('button').count()).toBe(0)
})

test('its script changes the language, zooms, sorts, reads a second and writes the table', async () => {
  const { page, complaints } = await look(await reported('lively', syntheticSummary(300)))
  const english = await figures(page)
  await page.getByRole('button', { name: '中文' }).click()
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
  expect(await page.locator('main').innerText()).toContain('未通过')
  expect(await figures(page)).toEqual(english)
  await page.getByRole('button', { name: 'English' }).click()

  const chart = page.locator('[data-plot="latency"][data-label]')
  const box = await chart.boundingBox()
  if (box === null) throw new Error('The chart has no place.')
  await page.mouse.move(box.x + 300, box.y + 80)
  expect(await chart.locator('.tip').innerText()).toMatch(/p99\s+[\d.]+ ms/)
  expect(await page.locator('.cross:not([hidden])').count()).toBe(4)
  await page.mouse.down()
  await page.mouse.move(box.x + 500, box.y + 80, { steps: 4 })
  await page.mouse.up()
  const from = async (): Promise<number> => Number(await page.locator('svg[data-chart="latency"]').getAttribute('data-from'))
  expect(await from()).toBeGreaterThan(60_000)
  await chart.focus()
  await page.keyboard.press('Escape')
  expect(await from()).toBe(0)
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  expect(await chart.locator('.tip').count()).toBe(1)

  const column = (): Promise<string[]> => page.locator('section:has(#generators) tbody td:nth-child(5)').allInnerTexts()
  await page.locator('section:has(#generators) thead').getByRole('button', { name: 'CPU mean' }).click()
  expect(await column()).toEqual(['71%', '64%', '61%', '38%'])

  await page.getByText('Show as table').click()
  await expect.poll(() => page.locator('.table-of tbody tr').count()).toBe(300)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download data' }).click()
  const data = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as Summary
  expect(data).toMatchObject({ schema: 'stampede.summary/1', responseTime: { p99: 112 } })
  expect(data.points).toHaveLength(300)
  expect(complaints).toEqual([])
})

test('nothing from outside runs in it or sends anything', async () => {
  const evil = `</script><script>window.broken=1</script><img src="http://127.0.0.1:9/x" onerror="window.broken=1">"'\`<svg onload=window.broken=1><!--`
  const sample: ErrorSample = { kind: 'check', status: 500, message: evil, atMs: 100, method: evil, url: `http://h.test/${evil}`, responseTimeMs: 1, head: `HTTP/1.1 500 x\r\nx: ${evil}\r\n`, body: evil }
  const plain = syntheticSummary(10)
  const path = await reported('hostile', {
    ...plain,
    run: { ...plain.run, id: `r${evil}`, name: evil, target: `javascript:window.broken=1//${evil}`, method: evil, lane: evil },
    reason: evil, sentence: { key: evil, params: { evil } }, imbalance: evil, version: evil,
    thresholds: [{ expression: evil, value: 1, unit: '', ok: false, failingSinceMs: 1 }],
    errors: [{ kind: 'check', status: 500, message: evil, count: 3, firstAtMs: 1, samples: [sample] }],
    checks: [{ expression: evil, passed: 1, failed: 1 }], steps: [evil, `2${evil}`].map((name) => ({ name, requests: 1, failed: 1, responseTime: plain.responseTime, serviceTime: plain.serviceTime })),
    nodes: plain.nodes.map((node) => ({ ...node, id: evil, name: evil })), statusCodes: { [evil]: 1 },
    events: [{ atMs: 1000, kind: 'node-lost', detail: { node: evil, name: evil } }],
    health: { ok: false, problems: [{ atMs: 0, untilMs: 1000, node: evil, kind: 'cpu', detail: evil }] },
  })
  const { page, complaints } = await look(path)
  const broken = (): Promise<unknown> => page.evaluate(() => (window as unknown as { broken?: unknown }).broken)
  await page.locator('details.samples summary').click()
  await page.locator('[data-plot="rate"][data-label]').hover()
  await page.getByRole('button', { name: '中文' }).click()
  expect(await broken()).toBeUndefined()
  expect(await page.locator('img, iframe, object, a, script:not(#data)').count()).toBe(1)
  expect(complaints).toEqual([])
})

test('it prints to A4, and no chart is cut by the edge of a page', async () => {
  const { page } = await look(await reported('paper', syntheticSummary(300)))
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
  expect(pages).toBeGreaterThanOrEqual(2)
  expect(pages).toBeLessThanOrEqual(6)
  expect(pdf).toMatch(/\/MediaBox\s*\[\s*0 0 59[45][\d.]* 84[12]/)
  await page.emulateMedia({ media: 'print' })
  const cut = await page.locator('.chart').evaluateAll((charts) => charts.filter((chart) => getComputedStyle(chart).breakInside !== 'avoid' || chart.scrollWidth > chart.clientWidth).length)
  expect(cut).toBe(0)
})
