import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOSTS, open, type Host } from './host.ts'
import { paste } from './paste.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 20_000 }

let dataDir: string
let host: Host | null

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stampede-e2e-'))
  host = null
})

afterEach(async () => {
  await host?.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

/** Text of a part of the screen by its test id. */
function textOf({ page }: Host, id: string): Promise<string> {
  return page.getByTestId(id).first().innerText()
}

/** The first screen focuses Run as soon as its target is there: Enter is all it takes. */
async function startFirstRun({ page }: Host): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-testid')), PATIENT).toBe('run-button')
  await page.keyboard.press('Enter')
}

describe.each(HOSTS)('the main job on the %s', (name) => {
  test('first run → Enter → chart → change the rate → stop → verdict → in the list after a restart', async () => {
    host = await open(name, { dataDir })
    const { page } = host
    await startFirstRun(host)
    await page.getByTestId('chart-rate').waitFor()
    await expect.poll(async () => /\d/.test(await textOf(host as Host, 'tile-achieved')), PATIENT).toBe(true)
    await expect.poll(() => textOf(host as Host, 'run-state'), PATIENT).toContain('Running')

    await page.keyboard.press('r')
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type('900')
    await page.keyboard.press('Enter')
    await expect.poll(() => textOf(host as Host, 'tile-achieved'), PATIENT).toMatch(/target 900/)

    await page.getByTestId('stop-button').click()
    await page.getByTestId('rerun-button').waitFor(PATIENT)
    const verdict = await textOf(host, 'verdict')
    expect(verdict.trim()).not.toBe('')
    const p99 = await textOf(host, 'tile-p99')
    expect(p99).toMatch(/\d/)

    await host.close()
    host = await open(name, { dataDir })
    await host.page.getByRole('link', { name: 'History' }).click()
    const rows = host.page.getByTestId('history-row')
    await expect.poll(() => rows.count(), PATIENT).toBe(1)
    expect(await rows.first().innerText()).toContain('demo')
    await rows.first().click()
    await expect.poll(() => textOf(host as Host, 'verdict'), PATIENT).toBe(verdict)
    expect(await textOf(host, 'tile-p99')).toBe(p99)
  })

  test.runIf(name === 'console')('a run that was going when its process died is shown as aborted, with what was recorded', async () => {
    host = await open(name, { dataDir })
    await startFirstRun(host)
    await expect.poll(async () => /\d/.test(await textOf(host as Host, 'tile-p99')), PATIENT).toBe(true)
    await host.kill()

    host = await open(name, { dataDir })
    await host.page.getByRole('link', { name: 'History' }).click()
    await host.page.getByTestId('history-row').first().click()
    await expect.poll(() => textOf(host as Host, 'run-state'), PATIENT).toContain('Aborted')
    expect(await textOf(host, 'tile-p99')).toMatch(/\d/)
  })

  test('in Chinese no English word is left on the first screen', async () => {
    host = await open(name, { dataDir, locale: 'zh-CN' })
    await host.page.getByTestId('run-button').waitFor()
    const text = await host.page.locator('body').innerText()
    expect(text).toContain('运行')
    expect(text).not.toMatch(/\b(Run|Tasks|Nodes|History|Settings)\b/)
  })
})

test('pasting a cURL command fills the task; an invalid field is jumped to and nothing is sent', async () => {
  host = await open('console', { dataDir })
  const { page } = host
  await page.getByText('Start from an empty task').click()
  const url = page.getByTestId('url-input')
  await url.focus()
  await paste(page, `curl -X POST 'http://127.0.0.1:9/orders' -H 'content-type: application/json' --data-raw '{"a":1}' --compressed`)
  await page.getByTestId('import-strip').waitFor(PATIENT)
  expect(await url.inputValue()).toBe('http://127.0.0.1:9/orders')
  expect(await page.getByTestId('import-strip').innerText()).toContain('--compressed')
  await url.fill('htp://nowhere')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect.poll(() => page.locator('body').innerText(), PATIENT).toContain('http://nowhere')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe('url-input')
})
