import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { build, preview } from 'vite'

const CONFIG = fileURLToPath(new URL('../../test/renderer/vite.gallery.config.ts', import.meta.url))
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

/** The screens over a scripted bridge, in a Chromium of their own: what they cost is then theirs alone. */
export interface GalleryPage {
  page: Page
  session: CDPSession
  /** CPU time of the page's process since it was opened, with all its threads, ms. */
  cpuMs(): Promise<number>
  /** Live bytes of the page's heap, after a collection. */
  heapBytes(): Promise<number>
  close(): Promise<void>
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
  await session.send('Performance.enable')
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}gallery.html?scene=${scene}&theme=dark`)
  await page.getByTestId('chart-rate').waitFor({ timeout: 60_000 })
  const metric = async (name: string): Promise<number> => (await session.send('Performance.getMetrics')).metrics.find((entry) => entry.name === name)?.value ?? NaN
  return {
    page, session,
    cpuMs: async () => {
      const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
      return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ cpuTime }) => cpuTime)) * 1000
    },
    heapBytes: async () => {
      await session.send('HeapProfiler.collectGarbage')
      return metric('JSHeapUsedSize')
    },
    close: async () => {
      await browser.close()
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}

/** Tells the page of one more second of its run, as the product does. */
export async function tellSecond(page: Page, atMs: number): Promise<void> {
  await page.evaluate((at) => {
    interface Bridge { script: { views: Map<string, { view: object; points: { atMs: number }[] }> }; tell(event: string, fact: object): void }
    const { gallery } = window as unknown as { gallery: Bridge }
    const { view, points } = gallery.script.views.get('r1')!
    gallery.tell('run:point', { runId: 'r1', point: { ...points[(at / 1000) % points.length], atMs: at }, events: [] })
    gallery.tell('run:changed', { ...view, elapsedMs: at })
  }, atMs)
}
