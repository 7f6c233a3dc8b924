import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOSTS, open, type Host } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 20_000 }
const MOST_TABS = 80

let server: Server
let url: string
let host: Host | null

beforeEach(async () => {
  server = createServer((_request, response) => void response.setHeader('content-type', 'application/json').end('{"ok":true}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`
  host = null
})
afterEach(async () => {
  await host?.close()
  server.closeAllConnections()
  server.close()
})

/** Whether what has the focus shows it: a ring of its own, or the border of the box that it stands in. */
function ringIsVisible(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focused = document.activeElement
    if (focused === null || focused === document.body) return null
    const accent = document.createElement('i')
    accent.style.color = 'var(--accent)'
    document.body.append(accent)
    const colour = getComputedStyle(accent).color
    accent.remove()
    const boxes = [focused, focused.parentElement, focused.parentElement?.parentElement].filter((element) => element != null)
    const shown = getComputedStyle(focused).outlineStyle !== 'none' || boxes.some((box) => getComputedStyle(box).borderTopColor === colour)
    return shown ? null : focused.outerHTML.slice(0, 200)
  })
}

/** Tab by Tab to the element; every stop on the way shows that it is one. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press('Tab')
    expect.soft(await ringIsVisible(page), 'has the focus and does not show it').toBeNull()
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) === true, wanted)) return
  }
  throw new Error(`${wanted} is not reached by ${MOST_TABS} Tabs.`)
}

const textOf = (page: Page, id: string): Promise<string> => page.getByTestId(id).first().innerText()

describe.each(HOSTS)('by the keyboard alone on the %s', (name) => {
  test('a task is made, tried, run, steered, read as a table and stopped', async () => {
    host = await open(name)
    const { page } = host
    await page.getByTestId('run-button').waitFor(PATIENT)

    await page.keyboard.press('ControlOrMeta+n')
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-testid')), PATIENT).toBe('url-input')
    await page.keyboard.type(url)
    await page.keyboard.press('Enter')
    await expect.poll(() => textOf(page, 'try-status'), PATIENT).toMatch(/^200/)

    await tabTo(page, '[data-path="load.rate"]')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('40')
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect.poll(() => textOf(page, 'run-state'), PATIENT).toContain('Running')
    await expect.poll(() => textOf(page, 'tile-achieved'), PATIENT).toMatch(/\d/)

    await page.keyboard.press('r')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('60')
    await page.keyboard.press('Enter')
    await expect.poll(() => textOf(page, 'tile-achieved'), PATIENT).toMatch(/target 60/)

    await tabTo(page, '[role="application"]')
    await page.keyboard.press('ArrowLeft')
    await page.locator('.tip').first().waitFor(PATIENT)
    await tabTo(page, 'button[aria-label="Show as table"]')
    await page.keyboard.press('Enter')
    await page.getByRole('columnheader', { name: 'p99' }).first().waitFor(PATIENT)

    await page.keyboard.press('ControlOrMeta+.')
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    expect((await textOf(page, 'verdict')).trim()).not.toBe('')

    await page.keyboard.press('ControlOrMeta+k')
    await page.getByTestId('palette-input').waitFor(PATIENT)
    await page.keyboard.type('histo')
    await page.keyboard.press('Enter')
    await page.getByTestId('history-row').first().waitFor(PATIENT)
  }, 120_000)

  test('Ctrl+Enter in a body runs the task and leaves the text as it was', async () => {
    host = await open(name)
    const { page } = host
    await page.getByTestId('run-button').waitFor(PATIENT)
    await page.keyboard.press('ControlOrMeta+n')
    await page.getByTestId('url-input').fill(url)
    await page.getByRole('tab', { name: /Body/ }).click()
    const body = page.locator('[data-path="request.body"]')
    await body.fill('{"a": 1}')
    await body.press('ControlOrMeta+Enter')
    await page.getByTestId('stop-button').waitFor(PATIENT)
    await page.keyboard.press('ControlOrMeta+.')
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    await page.goBack()
    await page.getByRole('tab', { name: /Body/ }).click()
    expect(await page.locator('[data-path="request.body"]').inputValue()).toBe('{"a": 1}')
  }, 60_000)
})
