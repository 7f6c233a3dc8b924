import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { build, preview } from 'vite'

const CONFIG = fileURLToPath(new URL('../../test/renderer/vite.gallery.config.ts', import.meta.url))
/** Seconds whose figures are told again and again. */
const KEPT = 300
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** The screens over a scripted bridge, in a Chromium of their own: what they cost is then theirs alone. */
export interface GalleryPage {
  page: Page
  session: CDPSession
  /** CPU time of the page's process since it was opened, with all its threads, ms. */
  cpuMs(): Promise<number>
  /** Live bytes of the page's heap and of its typed arrays, after a collection. */
  heapBytes(): Promise<number>
  close(): Promise<void>
}

export async function browserVersion(): Promise<string> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const version = `Chromium ${browser.version()}`
  await browser.close()
  return version
}

export async function openGallery(scene: string): Promise<GalleryPage> {
  const outDir = mkdtempSync(join(tmpdir(), 'stampede-gallery-'))
  const config = { configFile: CONFIG, build: { outDir, emptyOutDir: true, rollupOptions: { input: fileURLToPath(new URL('../../test/renderer/gallery.html', import.meta.url)) } } }
  // As it is shipped: a page of the development server would be measured with all the checks that Vue makes there.
  await build(config)
  const server = await preview(config)
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const session = await page.context().newCDPSession(page)
  const whole = await browser.newBrowserCDPSession()
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}gallery.html?scene=${scene}&theme=dark`)
  await page.getByTestId('chart-rate').waitFor({ timeout: 60_000 })
  // The product keeps its seconds elsewhere: here they would make the page seem larger, and its growth less.
  await page.evaluate((kept) => {
    const { gallery } = window as unknown as { gallery: { script: { views: Map<string, { points: unknown[] }> } } }
    for (const entry of gallery.script.views.values()) entry.points = entry.points.slice(0, kept)
  }, KEPT)
  return {
    page, session,
    cpuMs: async () => {
      const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
      return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ cpuTime }) => cpuTime)) * 1000
    },
    heapBytes: async () => {
      await session.send('HeapProfiler.collectGarbage')
      // The memory of typed arrays is not in the heap.
      const { usedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage')
      return usedSize + backingStorageSize
    },
    close: async () => {
      await browser.close()
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}

/**
 * Writes down what the product will tell in the seconds after `fromMs` of the run, as text and with all that moves in a second: not a
 * part of what is measured.
 */
export async function writeSeconds(page: Page, fromMs: number, seconds: number): Promise<void> {
  await page.evaluate(({ fromMs, seconds }) => {
    interface Figures { completed: number; failed: number; p99: number }
    interface View { run: object; thresholds: object[]; totals: Figures; recent: Figures; errors: { count: number }[]; statusCodes: Record<string, number> }
    interface Bridge { script: { views: Map<string, { view: View; points: Figures[] }>; nodes: { info: object }[] } }
    const { gallery: { script: { views, nodes } } } = window as unknown as { gallery: Bridge }
    const { view, points } = views.get('r1')!
    const startedAt = Date.now() - fromMs
    const written = Array.from({ length: seconds }, (_, i) => {
      const second = fromMs / 1000 + i + 1
      const point = points[second % points.length]!
      const grown = (count: number): number => count + second * 12_000
      return {
        point: { runId: 'r1', point: { ...point, atMs: second * 1000 }, events: [] },
        view: {
          ...view,
          run: { ...view.run, startedAt },
          elapsedMs: second * 1000,
          thresholds: view.thresholds.map((result, k) => (k === 0 ? { ...result, value: point.p99 } : result)),
          recent: { ...view.recent, ...point, achievedRate: point.completed, errorRate: point.failed / point.completed },
          totals: { ...view.totals, completed: grown(view.totals.completed), failed: view.totals.failed + second },
          errors: view.errors.map((group) => ({ ...group, count: group.count + second })),
          statusCodes: Object.fromEntries(Object.entries(view.statusCodes).map(([code, count]) => [code, grown(count)])),
        },
        nodes: nodes.map((row) => ({ ...row, info: { ...row.info, cpuPercent: 40 + (second % 20) } })),
      }
    })
    Object.assign(window, { written: written.map(({ point, view: seen, nodes: rows }) => [['run:point', JSON.stringify(point)], ['run:changed', JSON.stringify(seen)], ['node:changed', JSON.stringify(rows)]]) })
  }, { fromMs, seconds })
}

/** Tells the page of the next second that was written down; of the nodes 300 ms later, as they report at a moment of their own. */
export async function tellSecond(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { gallery, written } = window as unknown as { gallery: { tell(event: string, fact: unknown): void }; written: [string, string][][] }
    const [point, view, nodes] = written.shift()!
    const tell = ([event, text]: [string, string]): void => gallery.tell(event, JSON.parse(text))
    tell(point!)
    tell(view!)
    setTimeout(() => tell(nodes!), 300)
  })
}

/** Asks the page in the same way for nothing: what the asking costs is the bench's own. */
export async function tellNothing(page: Page): Promise<void> {
  await page.evaluate(() => void setTimeout(() => undefined, 300))
}
