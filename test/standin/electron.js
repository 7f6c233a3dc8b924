// The module 'electron' of the main process.
import { app } from './app.js'
import { ipcMain } from './ipc-main.js'
import { clipboard, dialog, Menu, MenuItem, nativeImage, nativeTheme, Notification, powerMonitor, powerSaveBlocker, safeStorage, screen, session, shell, Tray } from './system.js'
import { standin } from './record.js'
import { BrowserWindow, webContents } from './window.js'

export { app, BrowserWindow, clipboard, dialog, ipcMain, Menu, MenuItem, nativeImage, nativeTheme, Notification, powerMonitor, powerSaveBlocker, safeStorage, screen, session, shell, standin, Tray, webContents }
export default { app, BrowserWindow, clipboard, dialog, ipcMain, Menu, MenuItem, nativeImage, nativeTheme, Notification, powerMonitor, powerSaveBlocker, safeStorage, screen, session, shell, standin, Tray, webContents }
