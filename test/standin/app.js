// electron.app: start, single instance, quit.
import { EventEmitter } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startChromium } from './chromium.js'

const manifest = JSON.parse(readFileSync(resolve('package.json'), 'utf8'))
const mainLoaded = Promise.withResolvers()
const paths = new Map()
let name = manifest.productName ?? manifest.name
let quitting = false
let ready = false
let lockFile = null

/** For the other modules of the stand-in. */
export const lifecycle = {
  chromium: null,
  windows: new Set(),
  mainModuleLoaded: () => mainLoaded.resolve(),
  isReady: () => ready,
  windowClosed() {
    if (lifecycle.windows.size > 0 || quitting) return
    if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed')
    else app.quit()
  },
}

const whenReady = (async () => {
  await mainLoaded.promise
  lifecycle.chromium = await startChromium()
  // Playwright waits for this line of Electron's.
  process.stderr.write(`\nDevTools listening on ${lifecycle.chromium.url}\n`)
  ready = true
  app.emit('ready', {}, {})
})()

export const app = Object.assign(new EventEmitter(), {
  isPackaged: false,
  name,
  dock: undefined,
  commandLine: {
    appendSwitch() {},
    hasSwitch: (wanted) => process.argv.some((arg) => arg === `--${wanted}` || arg.startsWith(`--${wanted}=`)),
    getSwitchValue: (wanted) => process.argv.find((arg) => arg.startsWith(`--${wanted}=`))?.slice(wanted.length + 3) ?? '',
  },
  whenReady: () => whenReady,
  isReady: () => ready,
  getVersion: () => manifest.version,
  getName: () => name,
  setName: (wanted) => { name = wanted },
  getAppPath: () => process.cwd(),
  getLocale: () => process.env.STANDIN_LOCALE ?? 'en-US',
  getPath,
  setPath: (key, path) => paths.set(key, path),
  requestSingleInstanceLock,
  releaseSingleInstanceLock: () => { if (lockFile !== null) rmSync(lockFile, { force: true }) },
  setAppUserModelId() {},
  setAsDefaultProtocolClient: () => true,
  enableSandbox() {},
  focus() {},
  relaunch() {},
  getAppMetrics: () => [],
  quit() { if (!quitting) void quit() },
  exit,
})

function getPath(key) {
  if (!paths.has(key)) paths.set(key, key === 'home' ? homedir() : key === 'temp' ? tmpdir() : key === 'userData' ? process.env.STANDIN_PROFILE : join(getPath('userData'), key))
  mkdirSync(paths.get(key), { recursive: true })
  return paths.get(key)
}

/** One process per userData folder; a second one taps the first on the shoulder and is told no. */
function requestSingleInstanceLock() {
  const file = join(getPath('userData'), 'standin.lock')
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
  } catch {
    const holder = Number(readFileSync(file, 'utf8'))
    writeFileSync(`${file}.args`, JSON.stringify(process.argv))
    if (tap(holder)) return false
    writeFileSync(file, String(process.pid))
  }
  lockFile = file
  process.on('SIGUSR2', () => app.emit('second-instance', {}, JSON.parse(readFileSync(`${file}.args`, 'utf8')), process.cwd(), undefined))
  return true
}

function tap(pid) {
  try {
    return process.kill(pid, 'SIGUSR2')
  } catch {
    return false
  }
}

async function quit() {
  quitting = true
  let stopped = false
  const event = { preventDefault() { stopped = true } }
  app.emit('before-quit', event)
  for (const window of [...lifecycle.windows]) if (!stopped && !window.closeAsked()) stopped = true
  if (!stopped) app.emit('will-quit', event)
  if (stopped) quitting = false
  else exit(0)
}

function exit(code = 0) {
  app.emit('quit', {}, code)
  app.releaseSingleInstanceLock()
  lifecycle.chromium?.stop()
  process.exit(code)
}
