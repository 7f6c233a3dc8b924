import { BrowserWindow, nativeTheme, screen, shell, type BrowserWindowConstructorOptions } from 'electron'
import type { On } from '../api/event-hub.ts'
import { tellFacts } from './ipc.ts'
import { isOurPage, PAGE_URL, PRELOAD } from './page.ts'
import { readWindowState, SMALLEST, writeWindowState } from './window-state.ts'

/** Token `bg` of both themes: shown until the page has painted, so that nothing flashes. */
const BACKGROUND = { dark: '#0D1014', light: '#F4F5F7' }

const REVIVALS_A_MINUTE = 3

/** Opens the main window where it was left; shown once it can be seen whole. */
export function openWindow(on: On, statePath: string): BrowserWindow {
  const state = readWindowState(statePath, screen.getAllDisplays().map((display) => display.workArea))
  const window = new BrowserWindow({
    ...(state.position ?? {}),
    width: state.width,
    height: state.height,
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Stampede',
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    ...frame(),
    webPreferences: { preload: PRELOAD, sandbox: true, contextIsolation: true, nodeIntegration: false },
  })
  if (state.maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => remember(window, statePath))
  stayOnOurPage(window)
  reviveWhenGone(window)
  tellFacts(window.webContents, on)
  void window.loadURL(PAGE_URL)
  return window
}

/** A page that crashed is loaded again, and finds the run where it is; one that crashes at once each time is left. */
function reviveWhenGone(window: BrowserWindow): void {
  let revived: number[] = []
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = Date.now()
    revived = [...revived.filter((at) => now - at < 60_000), now]
    if (revived.length <= REVIVALS_A_MINUTE) window.webContents.reload()
  })
}

function frame(): BrowserWindowConstructorOptions {
  return process.platform === 'darwin' ? { titleBarStyle: 'hiddenInset' } : {}
}

function remember(window: BrowserWindow, statePath: string): void {
  const { x, y, width, height } = window.getNormalBounds()
  writeWindowState(statePath, { position: { x, y }, width, height, maximized: window.isMaximized() })
}

/** Links to the web open in the user's browser; the window itself goes nowhere else. */
function stayOnOurPage({ webContents }: BrowserWindow): void {
  webContents.setWindowOpenHandler(({ url }) => {
    if (/^https?:/.test(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
  webContents.on('will-navigate', (event, url) => {
    if (!isOurPage(url)) event.preventDefault()
  })
  webContents.on('will-attach-webview', (event) => event.preventDefault())
}
