import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { inRepository } from '../bench-context.ts'
import { residentMb, treeCpu } from '../proc.ts'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const SETTLE_MS = 10_000
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What the product does when a run has ended: % of a core from the tenth second on, with its page open; its memory against that after the run before. */
export async function atRest(): Promise<{ cpuPercent: number; memoryRatio: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-ui-'))
  const server = spawn(process.execPath, [inRepository('out', 'main', 'cli.js'), 'serve', '--port', '0', '--data-dir', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const browser = await chromium.launchServer({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const cpuNow = (): number => treeCpu(server.pid!) + treeCpu(browser.process().pid!)
  try {
    const page = await (await chromium.connect(browser.wsEndpoint())).newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(await urlOf(server))
    // The first run warms what any run warms: code, connections, caches.
    await runOnce(page, 'run-button')
    await wait(SETTLE_MS)
    const before = residentMb(server.pid!)
    await runOnce(page, 'rerun-button')
    await wait(SETTLE_MS)
    const [cpu, at] = [cpuNow(), performance.now()]
    await wait(SETTLE_MS)
    return { cpuPercent: ((cpuNow() - cpu) * 100_000) / (performance.now() - at), memoryRatio: residentMb(server.pid!) / before }
  } finally {
    await browser.close()
    server.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runOnce(page: Page, button: 'run-button' | 'rerun-button'): Promise<void> {
  await page.getByTestId(button).click()
  await page.getByTestId('stop-button').waitFor()
  await page.getByTestId('rerun-button').waitFor({ timeout: 120_000 })
}

async function urlOf(server: ChildProcess): Promise<string> {
  const lines = server.stdout!.setEncoding('utf8')
  let said = ''
  return new Promise((resolve, reject) => {
    server.once('exit', () => reject(new Error(`The console did not start: ${said}`)))
    lines.on('data', (chunk: string) => {
      said += chunk
      const url = /Console: (\S+)/.exec(said)?.[1]
      if (url !== undefined) resolve(url)
    })
  })
}
