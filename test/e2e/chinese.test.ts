import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { HOSTS, open, type Host } from './host.ts'
import { paste } from './paste.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 20_000 }

/** Names, units and terms of the field that stay Latin in every language (`ux.md` §3), what a user or a server wrote, and keys. */
const LATIN = /^(Stampede|Redis|cURL|HTTP\w*|HTTPS|URL|errors|rate|checks|JSON|Lines|auto|Multipart|host|port|address|curl|resolve|connect|CSV|TLS|TCP|QUIC|gRPC|GET|POST|PUT|HEAD|DELETE|PATCH|OPTIONS|CPU|RTT|API|HAR|OpenAPI|Postman|vegeta|WebSocket|SSE|Basic|Bearer|OAuth|SNI|PEM|CA|Ctrl|Shift|Enter|Esc|req|max|p\d+|ms|kB|MB|GB|English|demo|OK|E[A-Z]{4,}|Service|Unavailable|timeout|http\d?|undici|capacity|default|req|Accept|UTF|GBK|UUID|seq|uuid|int|now|vars|env|namespace|node|worker|redis|stampede|secret|file|name|Authorization|Cookie|Base|CRLF|proto|STAMPEDE\w*)$/

/** What is quoted, and what a hint gives as an example or a list of choices, is written alike in every language. */
const QUOTED = /"(?:[^"\\]|\\.)*"|\{\{[^}]*\}\}|(例如|请写|可用|请使用)[：: ][^。\n]*/g

/** Says nothing in any language, and is wrong everywhere. */
const NONSENSE = '§ §'

let host: Host | null
beforeEach(() => { host = null })
afterEach(async () => { await host?.close() })

/** Words of three letters and more on the screen that nobody excused. Addresses, paths, codes and inputs are not words. */
async function englishOn(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => {
    const skipped = 'code, .mono, pre, kbd, textarea, input, [lang]:not([lang^="zh"]):not(html)'
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const lines: string[] = []
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement
      if (parent !== null && parent.closest(skipped) === null && parent.checkVisibility()) lines.push(node.textContent ?? '')
    }
    return [...lines, ...[...document.querySelectorAll('[aria-label], [placeholder], [title]')].flatMap((element) => (element.closest(skipped) === null ? [element.getAttribute('aria-label') ?? '', element.getAttribute('placeholder') ?? ''] : []))].join('\n')
  })
  const words = text.replace(QUOTED, ' ').replace(/\S*(:\/\/|[\w-]+\.[\w-]+|\/)\S*/g, ' ').match(/[A-Za-z][A-Za-z]{2,}/g) ?? []
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
    await page.getByTestId('url-input').fill('http://127.0.0.1:9/')
    await page.keyboard.press('ControlOrMeta+Enter')
    await page.getByText('连接被拒绝').first().waitFor(PATIENT)
    await expectChinese(page, 'a run that nobody answers')
    await page.getByTestId('stop-button').click()
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    await expectChinese(page, 'a run that nobody answered')
    await page.keyboard.press('ControlOrMeta+k')
    await page.getByTestId('palette-input').waitFor(PATIENT)
    await expectChinese(page, 'the palette')
  }, 120_000)

  test('what is wrong is said in Chinese on every screen that can be filled in wrongly', async () => {
    host = await open(name, { locale: 'zh-CN' })
    const { page } = host
    const problems = page.locator('[role="alert"]')
    await page.getByTestId('run-button').click(PATIENT)
    await page.getByTestId('stop-button').click(PATIENT)
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    await page.keyboard.press('ControlOrMeta+n')
    await page.getByTestId('url-input').waitFor(PATIENT)
    const shop = JSON.stringify({ openapi: '3.0.0', info: {}, servers: [{ url: 'https://a.b' }, { url: 'https://c.d' }], paths: { '/orders': { get: {}, post: {} } } })
    await page.getByTestId('url-input').focus()
    await paste(page, shop)
    await page.getByTestId('choose-requests').click(PATIENT)
    await page.getByTestId('import-server').click()
    await page.getByRole('option', { name: '其他地址' }).click()
    await page.getByTestId('import-address').fill(NONSENSE)
    await page.getByTestId('import-take').click()
    await problems.first().waitFor(PATIENT)
    await expectChinese(page, 'the choice of requests')
    await page.keyboard.press('Escape')
    for (const url of ['htp://a', 'https://', 'https://u:p@a.b/', 'https://a.b:99999/', 'http://{{env.H}}/', 'tcp://a.b', 'grpc://a.b/', NONSENSE]) {
      await page.getByTestId('url-input').fill(url)
      await page.keyboard.press('ControlOrMeta+Enter')
      await problems.first().waitFor(PATIENT)
      await expectChinese(page, `the URL ${url}`)
    }
    await page.getByTestId('url-input').fill('https://a.b/')
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      for (const input of await page.locator('[role="tabpanel"] input[type="text"]:visible, [role="tabpanel"] textarea:visible').all()) await input.fill(NONSENSE)
      await expectChinese(page, `what is wrong in the editor, ${await tab.innerText()}`)
    }
    for (const input of await page.locator('.column:nth-child(2) input[type="text"]:visible').all()) await input.fill(NONSENSE)
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect.poll(() => problems.count(), PATIENT).toBeGreaterThan(2)
    await expectChinese(page, 'what is wrong with the load')

    await page.getByRole('navigation').getByRole('link', { name: '设置' }).click()
    await page.getByTestId('limit-rate').waitFor(PATIENT)
    for (const input of await page.locator('main input[type="text"]:visible').all()) {
      await input.fill(NONSENSE)
      await input.press('Enter')
    }
    await expect.poll(() => problems.count(), PATIENT).toBeGreaterThan(2)
    await expectChinese(page, 'what is wrong with the settings')

    await page.getByRole('navigation').getByRole('link', { name: '查找容量' }).click()
    await page.getByTestId('capacity-from').fill(NONSENSE)
    await page.getByTestId('capacity-start').click()
    await page.getByTestId('notice').filter({ hasText: '不是速率' }).waitFor(PATIENT)
    await expectChinese(page, 'a refused command')
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
