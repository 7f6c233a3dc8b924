import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { _electron, chromium, type Browser, type ElectronApplication, type Page } from 'playwright-core'

/** The two ways to the same screens: the desktop app, and the console in a browser. */
export const HOSTS = ['desktop', 'console'] as const
export type HostName = (typeof HOSTS)[number]

export interface Host {
  name: HostName
  page: Page
  /** What it really is, e.g. `Electron 45.4.1` or `stand-in on Chromium`. */
  what: string
  dataDir: string
  /** The desktop's main process; null on the console. */
  app: ElectronApplication | null
  /** Ends the product in order. The data folder stays if it was given. */
  close(): Promise<void>
  /** kill -9 of the process that carries the load. */
  kill(): Promise<void>
}

export interface HostOptions {
  /** Folder to keep; a fresh one, removed at the end, by default. */
  dataDir?: string
  colorScheme?: 'dark' | 'light'
  /** Locale of the system, e.g. `zh-CN`. */
  locale?: string
  /** Folder whose `out/` is opened: this checkout's, STAMPEDE_PRODUCT, or an extracted package. */
  product?: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const PRODUCT = process.env['STAMPEDE_PRODUCT'] ?? root
const SIZE = { width: 1440, height: 900 }

/** Opens the built product (`out/`) with an empty profile or the one given. Prints which host it is, so that nobody takes a stand-in for Electron. */
export async function open(name: HostName, options: HostOptions = {}): Promise<Host> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'stampede-e2e-')))
  const host = await (name === 'desktop' ? openDesktop(dataDir, options) : openConsole(dataDir, options))
  console.log(`${name} host: ${host.what}`)
  const close = async (): Promise<void> => {
    await host.close()
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  return { name, dataDir, ...host, close }
}

/** The binary that `npx install-electron` brings; null where it was never fetched. */
function electronBinary(): string | null {
  const folder = join(root, 'node_modules', 'electron')
  if (!existsSync(join(folder, 'path.txt'))) return null
  const binary = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim())
  return existsSync(binary) ? binary : null
}

type Opened = Omit<Host, 'name' | 'dataDir'>

async function openDesktop(dataDir: string, { colorScheme, locale, product = PRODUCT }: HostOptions): Promise<Opened> {
  const binary = electronBinary()
  const app = await _electron.launch({
    executablePath: binary ?? join(root, 'test', 'standin', 'electron-bin'),
    args: ['.', `--data-dir=${dataDir}`, ...(locale === undefined ? [] : [`--lang=${locale}`])],
    cwd: product,
    env: { ...(process.env as Record<string, string>), ...(locale === undefined ? {} : { STANDIN_LOCALE: locale }) },
    timeout: 30_000,
  })
  const page = await app.firstWindow()
  await page.waitForURL((url) => url.protocol !== 'about:')
  await page.emulateMedia({ colorScheme: colorScheme ?? null })
  await page.setViewportSize(SIZE)
  const what = binary === null ? 'stand-in on Chromium' : `Electron ${await app.evaluate(() => process.versions.electron ?? '?')}`
  return { page, what, app, close: () => app.close(), kill: async () => { app.process().kill('SIGKILL'); await once(app.process(), 'exit') } }
}

async function openConsole(dataDir: string, { colorScheme, locale, product = PRODUCT }: HostOptions): Promise<Opened> {
  const server = spawn(process.execPath, [join(product, 'out', 'main', 'cli.js'), 'serve', '--port', '0', '--data-dir', dataDir], { cwd: product, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const { page, browser } = await openBrowser(await linkOf(server.stdout), { colorScheme, locale })
  return {
    page,
    what: `Chromium ${browser.version()}`,
    app: null,
    async close() {
      await browser.close()
      server.kill('SIGTERM')
      await ended
    },
    async kill() {
      server.kill('SIGKILL')
      await ended
      await browser.close()
    },
  }
}

/** A browser at the sign-in link of a console. */
export async function openBrowser(url: string, { colorScheme, locale }: { colorScheme?: HostOptions['colorScheme']; locale?: string | undefined } = {}): Promise<{ page: Page; browser: Browser }> {
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  const context = await browser.newContext({ viewport: SIZE, colorScheme: colorScheme ?? null, ...(locale === undefined ? {} : { locale }) })
  const page = await context.newPage()
  await page.goto(url)
  return { page, browser }
}

/** The sign-in link that `serve` prints first. */
async function linkOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const found = /https?:\/\/\S+/.exec(line)?.[0]
    if (found !== undefined) return found
  }
  throw new Error('`serve` ended without printing a link.')
}
