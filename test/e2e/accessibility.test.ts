import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOSTS, open, type Host } from './host.ts'
import { paste } from './paste.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 20_000 }
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const THEMES = ['dark', 'light'] as const

let host: Host | null

beforeEach(() => {
  host = null
})
afterEach(async () => {
  await host?.close()
})

/** Everything axe finds, each as `rule: element`. The page's policy allows no foreign script, so axe comes in beside it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results = await page.evaluate((tags) => (window as unknown as { axe: { run(context: Document, options: object): Promise<AxeResults> } }).axe.run(document, { runOnly: tags }), STANDARD)
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${(failureSummary ?? '').split('\n')[1]?.trim() ?? ''}`))
}

/** In each theme; nothing moves any more when it is looked at. */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme']), PATIENT).toBe(theme)
    expect.soft(await violations(page), `${screen}, ${theme}`).toEqual([])
  }
}

async function expectTabAccessible(page: Page, tab: string): Promise<void> {
  await page.locator(`[data-tab="${tab}"]`).click()
  await expectAccessible(page, `the tab ${tab} of the editor`)
}

async function goTo(page: Page, place: RegExp): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: place }).click()
}

describe.each(HOSTS)('on the %s', (name) => {
  test('no screen breaks WCAG 2.2 AA, in either theme', async () => {
    host = await open(name)
    const { page } = host
    await page.getByTestId('run-button').waitFor(PATIENT)
    await expectAccessible(page, 'first run')
    await page.getByTestId('run-button').click()
    await page.getByTestId('chart-rate').waitFor(PATIENT)
    await expect.poll(() => page.getByTestId('tile-achieved').innerText(), PATIENT).toMatch(/\d/)
    await expectAccessible(page, 'a live run')
    await page.getByTestId('stop-button').click()
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    await expectAccessible(page, 'an ended run')
    for (const place of [/^Tasks/, /^History/, /^Nodes/, /^Find capacity/, /^Settings/]) {
      await goTo(page, place)
      await expectAccessible(page, String(place))
    }
    await page.keyboard.press('ControlOrMeta+n')
    await page.getByTestId('url-input').waitFor(PATIENT)
    await expectAccessible(page, 'the editor')
    const shop = JSON.stringify({ openapi: '3.0.0', info: {}, servers: [{ url: 'https://a.test' }], paths: { '/orders': { get: {}, post: {} } } })
    await page.getByTestId('url-input').focus()
    await paste(page, shop)
    await page.getByTestId('choose-requests').click(PATIENT)
    await page.getByTestId('import-request').first().waitFor(PATIENT)
    await expectAccessible(page, 'the choice of requests')
    await page.keyboard.press('Escape')
  }, 120_000)
})

test('no tab of the editor breaks WCAG 2.2 AA, over any protocol, in either theme', async () => {
  host = await open('console')
  const { page } = host
  await page.getByTestId('run-button').waitFor(PATIENT)
  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('protocol-select').waitFor(PATIENT)
  await page.getByTestId('url-input').fill('http://127.0.0.1:9/')
  await page.locator('[data-tab="data"]').click()
  await page.getByTestId('data-file').setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from('id,name\n1,Ada\n') })
  await page.getByTestId('data-entry').waitFor(PATIENT)
  await page.locator('[data-tab="steps"]').click()
  await page.getByTestId('add-step').first().click()
  await page.getByTestId('add-extract').click()
  for (const tab of ['query', 'headers', 'body', 'auth', 'transport', 'data', 'variables', 'steps']) await expectTabAccessible(page, tab)
  for (const protocol of ['WebSocket', 'TCP', 'gRPC']) {
    await page.keyboard.press('ControlOrMeta+1')
    await page.evaluate(() => localStorage.clear())
    await page.keyboard.press('ControlOrMeta+n')
    await page.getByTestId('protocol-select').click()
    await page.getByRole('option', { name: protocol, exact: true }).click()
    await expectAccessible(page, `the editor for ${protocol}`)
  }
}, 120_000)
