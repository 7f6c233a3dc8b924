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
/** CPU is counted in steps of 10 ms. */
const WATCHED_MS = 30_000
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export interface Rest {
  /** The product's process with all that it started, % of a core. */
  productPercent: number
  /** The browser with the page open, less the same browser with an empty page, % of a core. */
  pagePercent: number
  emptyPercent: number
  /** Resident memory of the product after a run, of that after the run before. */
  memoryRatio: number
}

/** What the product does from the tenth second after the end of a run on, with its page open. */
export async function atRest(): Promise<Rest> {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-ui-'))
  const server = spawn(process.execPath, [inRepository('out', 'main', 'cli.js'), 'serve', '--port', '0', '--data-dir', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const browser = await chromium.launchServer({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const pids = [server.pid!, browser.process().pid!]
  try {
    const page = await (await chromium.connect(browser.wsEndpoint())).newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(await urlOf(server))
    // The first run warms what any run warms: code, connections, caches.
    await runOnce(page, 'run-button')
    await wait(SETTLE_MS)
    const before = residentMb(server.pid!)
    await runOnce(page, 'rerun-button')
    const [productPercent = NaN, withPage = NaN] = await percentOf(pids)
    const memoryRatio = residentMb(server.pid!) / before
    await page.goto('about:blank')
    const [, emptyPercent = NaN] = await percentOf(pids)
    return { productPercent, pagePercent: withPage - emptyPercent, emptyPercent, memoryRatio }
  } finally {
    await browser.close()
    server.kill()
    await once(server, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of each tree of processes, % of a core, once it has settled. */
async function percentOf(pids: readonly number[]): Promise<number[]> {
  await wait(SETTLE_MS)
  const [before, at] = [pids.map(treeCpu), performance.now()]
  await wait(WATCHED_MS)
  const passedMs = performance.now() - at
  return pids.map((pid, i) => ((treeCpu(pid) - before[i]!) * 100_000) / passedMs)
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
