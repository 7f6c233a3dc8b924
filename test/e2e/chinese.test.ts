import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { HOSTS, open, type Host } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 20_000 }

/** Names, units and terms of the field that stay Latin in every language (`ux.md` §3), what a user or a server wrote, and keys. */
const LATIN = /^(Stampede|Redis|cURL|HTTP\w*|HTTPS|URL|errors|rate|checks|JSON|Lines|auto|Multipart|host|port|address|curl|resolve|connect|CSV|TLS|TCP|QUIC|gRPC|GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS|CPU|RTT|API|HAR|OpenAPI|Postman|vegeta|WebSocket|SSE|Basic|Bearer|OAuth|SNI|PEM|CA|Ctrl|Shift|Enter|Esc|req|max|p\d+|ms|kB|MB|GB|English|demo|OK|Service|Unavailable|timeout|http\d?|undici|capacity|default|req|Accept|UTF|GBK|UUID|seq|uuid|int|now|vars|env|namespace|node|worker|redis|stampede|secret|file|name|STAMPEDE\w*)$/

let host: Host | null
beforeEach(() => { host = null })
afterEach(async () => { await host?.close() })

/** Words of three letters and more on the screen that nobody excused. Addresses, paths, codes and inputs are not words. */
async function englishOn(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => {
    const skipped = 'code, .mono, pre, kbd, textarea, input, [role="alert"], [lang]:not([lang^="zh"]):not(html)'
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const lines: string[] = []
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement
      if (parent !== null && parent.closest(skipped) === null && parent.checkVisibility()) lines.push(node.textContent ?? '')
    }
    return [...lines, ...[...document.querySelectorAll('[aria-label], [placeholder], [title]')].flatMap((element) => (element.closest(skipped) === null ? [element.getAttribute('aria-label') ?? '', element.getAttribute('placeholder') ?? ''] : []))].join('\n')
  })
  const words = text.replace(/\S*(:\/\/|[\w-]+\.[\w-]+|\/)\S*/g, ' ').match(/[A-Za-z][A-Za-z]{2,}/g) ?? []
  return [...new Set(words.filter((word) => !LATIN.test(word)))]
}

/** Labels whose text does not fit in them. */
function clippedOn(page: Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll('button, label > span, th, h1, h2, dt, [role="tab"]')]
    .filter((element) => element.checkVisibility() && !element.classList.contains('sr-only') && getComputedStyle(element).textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && getComputedStyle(element).overflowX !== 'visible')
    .map((element) => `${element.tagName}: ${(element.textContent ?? '').trim()}`))
}

async function expectChinese(page: Page, screen: string): Promise<void> {
  expect.soft(await englishOn(page), `English on ${screen}`).toEqual([])
  expect.soft(await clippedOn(page), `clipped on ${screen}`).toEqual([])
}

describe.each(HOSTS)('in Chinese on the %s', (name) => {
  test('the whole way from the first screen to the history speaks Chinese, and nothing is cut off', async () => {
    host = await open(name, { locale: 'zh-CN' })
    const { page } = host
    await page.getByTestId('run-button').waitFor(PATIENT)
    await expectChinese(page, 'the first screen')
    await page.getByTestId('run-button').click()
    await expect.poll(() => page.getByTestId('tile-achieved').innerText(), PATIENT).toMatch(/\d/)
    await expectChinese(page, 'a live run')
    await page.getByTestId('stop-button').click()
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    await expectChinese(page, 'an ended run')
    for (const place of ['任务', '节点', '历史', '查找容量', '设置']) {
      await page.getByRole('navigation').getByRole('link', { name: place }).click()
      await page.locator('h1').filter({ hasText: place }).waitFor(PATIENT)
      await expectChinese(page, place)
    }
    await page.keyboard.press('ControlOrMeta+n')
    await page.getByTestId('url-input').waitFor(PATIENT)
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await expectChinese(page, `the editor, ${await tab.innerText()}`)
    }
    await page.keyboard.press('Escape')
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByTestId('palette-input').waitFor(PATIENT)
    await expectChinese(page, 'the palette')
  }, 120_000)

  test('the language changes without a restart', async () => {
    host = await open(name, { locale: 'zh-CN' })
    const { page } = host
    await page.getByTestId('run-button').waitFor(PATIENT)
    await page.keyboard.press('ControlOrMeta+,')
    await page.getByText('English', { exact: true }).click()
    await page.getByRole('heading', { name: 'Settings' }).waitFor(PATIENT)
    await expect.poll(() => page.evaluate(() => document.documentElement.lang), PATIENT).toBe('en')
  })
})
