// Dialogs, menus and the rest of the system: recorded, never shown.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { app } from './app.js'
import { standin } from './record.js'
import { BrowserWindow } from './window.js'

const asked = (kind, otherwise) => async (...args) => {
  standin.dialogs.push({ kind, options: args.at(-1) })
  return standin.answers.shift() ?? otherwise
}

export const dialog = {
  showOpenDialog: asked('open', { canceled: true, filePaths: [] }),
  showSaveDialog: asked('save', { canceled: true, filePath: '' }),
  showMessageBox: asked('message', { response: 0, checkboxChecked: false }),
  showErrorBox(title, content) {
    standin.dialogs.push({ kind: 'error', options: { title, content } })
    console.error(title, content)
  },
}

const ROLES = { quit: () => app.quit(), close: () => BrowserWindow.getFocusedWindow()?.close() }

export class MenuItem {
  constructor(options) {
    const { submenu, click } = options
    Object.assign(this, { type: submenu ? 'submenu' : 'normal', enabled: true, visible: true, checked: false, label: options.label ?? options.role ?? '' }, options)
    if (Array.isArray(submenu)) this.submenu = Menu.buildFromTemplate(submenu)
    this.click = () => (click ? click(this, BrowserWindow.getFocusedWindow() ?? undefined, {}) : ROLES[options.role]?.())
  }
}

export class Menu {
  items = []

  static buildFromTemplate(template) {
    const menu = new Menu()
    menu.items = template.map((item) => new MenuItem(item))
    return menu
  }

  static setApplicationMenu(menu) {
    standin.menu = menu
  }

  static getApplicationMenu() {
    return standin.menu
  }

  getMenuItemById(id) {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }

  append(item) {
    this.items.push(item)
  }

  popup() {}
}

let lastBlocker = 0
export const powerSaveBlocker = {
  start(type) {
    if (!['prevent-app-suspension', 'prevent-display-sleep'].includes(type)) throw new TypeError(`Invalid type: ${type}`)
    standin.blockers.add(++lastBlocker)
    return lastBlocker
  },
  stop: (id) => standin.blockers.delete(id),
  isStarted: (id) => standin.blockers.has(id),
}

export class Notification extends EventEmitter {
  static isSupported() {
    return true
  }

  constructor(options) {
    super()
    this.options = options
  }

  show() {
    standin.notifications.push(this.options)
  }

  close() {}
}

export class Tray extends EventEmitter {
  constructor(image) {
    super()
    if (image.isEmpty()) throw new Error('Failed to load the image of the tray')
    standin.trays.add(this)
  }

  setToolTip(text) {
    this.toolTip = text
  }

  setContextMenu(menu) {
    this.menu = menu
  }

  displayBalloon() {}

  destroy() {
    standin.trays.delete(this)
  }

  isDestroyed() {
    return !standin.trays.has(this)
  }
}

export const shell = {
  openExternal: async (url) => { standin.opened.push(url) },
  openPath: async (path) => {
    standin.opened.push(path)
    return ''
  },
  showItemInFolder: (path) => { standin.opened.push(path) },
}

const KEY = Buffer.alloc(32, 7)
const IV = Buffer.alloc(16, 3)
export const safeStorage = {
  isEncryptionAvailable: () => process.env.STANDIN_NO_KEYRING !== '1',
  getSelectedStorageBackend: () => 'basic_text',
  encryptString(text) {
    const cipher = createCipheriv('aes-256-ctr', KEY, IV)
    return Buffer.concat([Buffer.from('v10'), cipher.update(text, 'utf8'), cipher.final()])
  },
  decryptString(bytes) {
    const cipher = createDecipheriv('aes-256-ctr', KEY, IV)
    return Buffer.concat([cipher.update(bytes.subarray(3)), cipher.final()]).toString('utf8')
  },
}

const display = { workArea: { x: 0, y: 0, width: 1920, height: 1080 }, workAreaSize: { width: 1920, height: 1080 }, scaleFactor: 1 }
export const screen = Object.assign(new EventEmitter(), { getPrimaryDisplay: () => display, getAllDisplays: () => [display] })
export const nativeTheme = Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: false })
export const powerMonitor = Object.assign(new EventEmitter(), { getSystemIdleTime: () => 0, isOnBatteryPower: () => false })
export const session = {
  defaultSession: Object.assign(new EventEmitter(), { setPermissionRequestHandler() {}, setPermissionCheckHandler() {}, webRequest: { onHeadersReceived() {}, onBeforeRequest() {} } }),
}
export const clipboard = {
  text: '',
  writeText(text) { this.text = text },
  readText() { return this.text },
}
export const nativeImage = { createFromPath: (path) => ({ path, isEmpty: () => !existsSync(path) }), createEmpty: () => ({ isEmpty: () => true }) }
