// electron.BrowserWindow and its webContents: a page of the stand-in's Chromium.
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { app, lifecycle } from './app.js'
import { makeCodec } from './codec.js'
import { invoke, ipcMain } from './ipc-main.js'
import { linkWorlds, runPreload } from './worlds.js'

const ISOLATED = 'Electron Isolated Context'
const codec = makeCodec()
let lastId = 0

class WebContents extends EventEmitter {
  url = 'about:blank'
  id = ++lastId
  /** Of the isolated world in the page that is loaded now; without one, messages wait. */
  context = null
  waiting = []

  constructor(window) {
    super()
    this.window = window
  }

  isDestroyed() { return this.window.isDestroyed() }
  getURL() { return this.url }
  getTitle() { return this.window.title }
  setWindowOpenHandler(handler) { this.openHandler = handler }
  openDevTools() {}
  toggleDevTools() {}
  setZoomFactor() {}
  close() { this.window.close() }
  reload() { void this.window.send('Page.reload') }

  send(channel, ...args) {
    if (this.isDestroyed()) throw new TypeError('Object has been destroyed')
    let text
    try {
      text = codec.pack({ type: 'event', channel, args })
    } catch {
      throw new Error('Failed to serialize arguments')
    }
    this.deliver(text)
  }

  deliver(text) {
    if (this.context === null) this.waiting.push(text)
    else this.window.send('Runtime.evaluate', { expression: `__standinReceive(${JSON.stringify(text)})`, uniqueContextId: this.context }).catch(() => {})
  }

  worldIsUp(context) {
    this.context = context
    for (const text of this.waiting.splice(0)) this.deliver(text)
  }

  async executeJavaScript(code) {
    await this.window.open
    const { result, exceptionDetails } = await this.window.send('Runtime.evaluate', { expression: code, awaitPromise: true, returnByValue: true })
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }

  async capturePage() {
    const { data } = await this.window.send('Page.captureScreenshot')
    return { toPNG: () => Buffer.from(data, 'base64') }
  }
}

export class BrowserWindow extends EventEmitter {
  static getAllWindows() { return [...lifecycle.windows] }
  static getFocusedWindow() { return BrowserWindow.getAllWindows().findLast((window) => window.visible) ?? null }
  static fromWebContents(contents) { return contents?.window ?? null }
  static fromId(id) { return BrowserWindow.getAllWindows().find((window) => window.id === id) ?? null }

  id = ++lastId
  destroyed = false
  maximized = false
  progress = -1

  constructor(options = {}) {
    super()
    if (!lifecycle.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    const { contextIsolation, nodeIntegration, sandbox, preload } = options.webPreferences ?? {}
    if (contextIsolation === false || nodeIntegration) throw new Error('The stand-in has only isolated pages without Node.')
    this.options = options
    this.visible = this.focused = options.show !== false
    this.title = options.title ?? app.getName()
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.webContents = new WebContents(this)
    lifecycle.windows.add(this)
    this.open = this.openPage(preload, sandbox !== false)
    this.open.catch((error) => {
      console.error(error)
      app.exit(1)
    })
    app.emit('browser-window-created', {}, this)
  }

  send(method, params) {
    return lifecycle.chromium.send(method, params, this.session)
  }

  async openPage(preload, sandboxed) {
    const { width, height } = this.bounds
    const { chromium } = lifecycle
    await chromium.send('Target.setDiscoverTargets', { discover: true })
    this.target = (await chromium.send('Target.createTarget', { url: 'about:blank', width, height })).targetId
    this.session = (await chromium.send('Target.attachToTarget', { targetId: this.target, flatten: true })).sessionId
    this.stopListening = chromium.on((message) => this.hear(message))
    await Promise.all(['Page.enable', 'Runtime.enable'].map((method) => this.send(method)))
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
    await this.send('Runtime.addBinding', { name: '__standinSend', executionContextName: ISOLATED })
    await this.send('Runtime.addBinding', { name: '__standinOpen' })
    await this.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${linkWorlds})('main'); window.open = (url) => { __standinOpen(new URL(url, location.href).href); return null }` })
    await this.send('Page.addScriptToEvaluateOnNewDocument', { worldName: ISOLATED, source: preloadSource(preload, sandboxed) })
  }

  hear({ method, params, sessionId }) {
    if (sessionId === this.session) this.hearPage[method]?.(params)
    else if (method === 'Target.targetDestroyed' && params.targetId === this.target) this.gone()
    else if (method === 'Target.targetCreated' && params.targetInfo.openerId === this.target) this.refuseWindow(params.targetInfo)
  }

  /** A link with target=_blank: Chromium has opened it, Electron asks first. */
  refuseWindow({ targetId, url }) {
    void lifecycle.chromium.send('Target.closeTarget', { targetId })
    this.webContents.openHandler?.({ url, disposition: 'foreground-tab' })
  }

  hearPage = {
    'Runtime.executionContextCreated': ({ context }) => {
      if (context.name === ISOLATED && context.auxData.frameId === this.target) this.webContents.worldIsUp(context.uniqueId)
    },
    'Runtime.executionContextsCleared': () => { this.webContents.context = null },
    'Runtime.bindingCalled': ({ name, payload }) => {
      if (name === '__standinSend') void this.answer(codec.unpack(payload))
      else if (name === '__standinOpen') this.webContents.openHandler?.({ url: payload, disposition: 'new-window' })
    },
    'Runtime.consoleAPICalled': ({ type, args }) => this.webContents.emit('console-message', { level: type, message: args.map((arg) => arg.value ?? arg.description).join(' ') }),
    'Page.domContentEventFired': () => this.webContents.emit('dom-ready', {}),
    'Page.loadEventFired': () => this.pageLoaded(),
    'Page.frameNavigated': ({ frame }) => {
      if (frame.parentId) return
      this.webContents.url = frame.url
      this.webContents.emit('did-navigate', {}, frame.url, 200, 'OK')
    },
    'Page.navigatedWithinDocument': ({ frameId, url }) => { if (frameId === this.target) this.webContents.url = url },
    'Inspector.targetCrashed': () => this.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }),
  }

  pageLoaded() {
    this.webContents.emit('did-finish-load', {})
    if (!this.painted) this.emit('ready-to-show', {})
    this.painted = true
    this.loaded?.()
  }

  async answer({ type, id, channel, args }) {
    const contents = this.webContents
    if (channel === '$preload-error') {
      contents.emit('preload-error', {}, this.options.webPreferences.preload, new Error(args[0]))
      console.error(`preload: ${args[0]}`)
      return
    }
    const event = { sender: contents, senderFrame: { url: contents.url, parent: null }, frameId: 1, processId: 1, reply: (name, ...rest) => contents.send(name, ...rest) }
    if (type === 'send') {
      ipcMain.emit(channel, event, ...args)
      return
    }
    const result = await invoke(event, channel, args)
    if (!contents.isDestroyed()) contents.deliver(packed({ type: 'result', id, ...result }, channel))
  }

  async loadURL(url) {
    await this.open
    const loaded = new Promise((resolve) => { this.loaded = resolve })
    const { errorText } = await this.send('Page.navigate', { url })
    if (errorText) throw new Error(`${errorText} loading '${url}'`)
    await loaded
  }

  loadFile(path, { hash } = {}) {
    const url = pathToFileURL(path)
    if (hash) url.hash = hash
    return this.loadURL(url.href)
  }

  show() {
    this.focused = true
    this.showInactive()
  }

  /** Without the focus, which stays where it is. */
  showInactive() {
    this.visible = true
    this.emit('show')
  }

  hide() {
    this.visible = this.focused = false
    this.emit('hide')
  }

  maximize() {
    this.maximized = true
    this.emit('maximize')
  }

  unmaximize() { this.maximized = false }
  focus() { this.focused = this.visible }
  restore() {}
  minimize() {}
  flashFrame() {}
  setMenu() {}
  removeMenu() {}
  setMenuBarVisibility() {}
  setBackgroundColor() {}
  setTitleBarOverlay() {}
  setOverlayIcon() {}
  isVisible() { return this.visible }
  isFocused() { return this.focused }
  isMinimized() { return false }
  isMaximized() { return this.maximized }
  isFullScreen() { return false }
  isDestroyed() { return this.destroyed }
  getBounds() { return { ...this.bounds } }
  getNormalBounds() { return { ...this.bounds } }
  setBounds(bounds) { Object.assign(this.bounds, bounds) }
  getTitle() { return this.title }
  setTitle(title) { this.title = title }
  setProgressBar(progress) { this.progress = progress }

  /** Answers whether it closed. */
  closeAsked() {
    let stopped = false
    this.emit('close', { preventDefault() { stopped = true } })
    if (!stopped) this.destroy()
    return !stopped
  }

  close() { this.closeAsked() }

  destroy() {
    if (this.destroyed) return
    lifecycle.chromium.send('Target.closeTarget', { targetId: this.target }).catch(() => {})
    this.gone()
  }

  gone() {
    if (this.destroyed) return
    this.destroyed = true
    lifecycle.windows.delete(this)
    this.stopListening?.()
    this.webContents.emit('destroyed')
    this.emit('closed')
    lifecycle.windowClosed()
  }
}

export const webContents = {
  fromDevToolsTargetId: (target) => BrowserWindow.getAllWindows().find((window) => window.target === target)?.webContents,
  getAllWebContents: () => BrowserWindow.getAllWindows().map((window) => window.webContents),
  fromId: (id) => webContents.getAllWebContents().find((contents) => contents.id === id),
}

function preloadSource(preload, sandboxed) {
  if (preload?.endsWith('.mjs') && sandboxed) throw new Error('A sandboxed preload must be CommonJS.')
  const script = preload === undefined ? '' : readFileSync(preload, 'utf8')
  return `(${runPreload})((${linkWorlds})('isolated'), (${makeCodec})(), ${sandboxed}, (require, module, exports, process) => { ${script}\n })`
}

function packed(result, channel) {
  try {
    return codec.pack(result)
  } catch {
    return codec.pack({ type: 'result', id: result.id, error: `Error invoking remote method '${channel}': Error: An object could not be cloned.` })
  }
}
