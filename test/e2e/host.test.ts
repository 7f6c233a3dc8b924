import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bridge } from '../../src/shared/contract/rpc.ts'
import { HOSTS, open, type Host } from './host.ts'

/** A busy machine is no failure. */
const PATIENT = { timeout: 15_000 }

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

/** What a page of the console's origin may do, and the desktop's preload script does. */
async function settingsOf({ page, name }: Host): Promise<unknown> {
  if (name === 'desktop') return page.evaluate(() => (window as unknown as { stampede: Bridge }).stampede.invoke('settings.get', {}))
  return page.evaluate(async () => (await fetch('api/settings.get', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json())
}

describe.each(HOSTS)('the %s', (name) => {
  test('shows the product from an empty profile, without an error on its page', async () => {
    const complaints: string[] = []
    host = await open(name, { dataDir })
    host.page.on('pageerror', (error) => complaints.push(error.message))
    host.page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
    await host.page.reload()
    await host.page.locator('#app > *').first().waitFor()
    expect(await host.page.title()).toContain('Stampede')
    expect(await settingsOf(host)).toMatchObject({ theme: 'system', allowedHosts: [] })
    expect(complaints).toEqual([])
  })

  test('gives the page nothing of Node, and lets it load nothing from elsewhere', async () => {
    host = await open(name, { dataDir })
    expect(await host.page.evaluate(() => [typeof require, typeof process])).toEqual(['undefined', 'undefined'])
    const refused = host.page.evaluate(() => new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective))
      const script = document.createElement('script')
      script.src = 'http://127.0.0.1:9/evil.js'
      document.head.append(script)
    }))
    expect(await refused).toMatch(/^script-src/)
  })
})

test('the desktop opens links in the browser of the system, and its window stays', async () => {
  host = await open('desktop', { dataDir })
  if (!host.what.startsWith('stand-in')) return
  await host.page.evaluate(() => window.open('https://example.org/docs'))
  await expect.poll(() => host?.app?.evaluate((electron) => (electron as unknown as { standin: { opened: string[] } }).standin.opened), PATIENT).toEqual(['https://example.org/docs'])
  expect(host.app?.windows()).toHaveLength(1)
})

test('a second start on the same data ends at once and leaves the first alone', async () => {
  host = await open('desktop', { dataDir })
  const { execFile } = await import('node:child_process')
  const second = await new Promise<number | null>((resolve) => {
    const child = execFile(host?.app?.process().spawnfile ?? '', ['.', `--data-dir=${dataDir}`], () => resolve(child.exitCode))
  })
  expect(second).toBe(0)
  expect(await host.page.title()).toContain('Stampede')
})
