import { BrowserWindow, Menu, shell, type MenuItemConstructorOptions } from 'electron'
import { CHANNELS, type MenuAction } from '../../shared/contract/desktop-channels.ts'
import type { Words } from './words.ts'

type Item = MenuItemConstructorOptions

const SEPARATOR: Item = { type: 'separator' }

export function setMenu(text: Words, dataDir: string): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menusOf(text, dataDir, process.platform === 'darwin')))
}

/** Roles first, so that the system translates them and Edit's keys work everywhere (`ux.md` §3). */
export function menusOf(text: Words, dataDir: string, mac: boolean): Item[] {
  return [
    ...(mac ? [appMenu(text)] : []),
    fileMenu(text, mac),
    { label: text.edit, submenu: [{ role: 'undo' }, { role: 'redo' }, SEPARATOR, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }, SEPARATOR, action(text.find, 'CmdOrCtrl+F', 'find')] },
    { label: text.run, submenu: [action(text.start, 'CmdOrCtrl+Enter', 'run'), action(text.tryOnce, 'CmdOrCtrl+Shift+Enter', 'try-once'), SEPARATOR, action(text.stop, 'CmdOrCtrl+.', 'stop'), action(text.stopAll, 'CmdOrCtrl+Shift+.', 'stop-all'), SEPARATOR, action(text.baseline, 'CmdOrCtrl+B', 'baseline')] },
    { label: text.view, submenu: [action(text.tasks, 'CmdOrCtrl+1', 'tasks'), action(text.nodes, 'CmdOrCtrl+2', 'nodes'), action(text.history, 'CmdOrCtrl+3', 'history'), action(text.capacity, 'CmdOrCtrl+4', 'capacity'), action(text.palette, 'CmdOrCtrl+K', 'palette'), SEPARATOR, { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, SEPARATOR, { role: 'togglefullscreen' }, { role: 'toggleDevTools' }] },
    { role: 'windowMenu' },
    { role: 'help', label: text.help, submenu: [action(text.shortcuts, undefined, 'shortcuts'), { label: text.dataFolder, click: () => void shell.openPath(dataDir) }, ...(mac ? [] : [SEPARATOR, { role: 'about' } as const])] },
  ]
}

function appMenu(text: Words): Item {
  return {
    role: 'appMenu',
    submenu: [{ role: 'about' }, SEPARATOR, action(text.settings, 'Cmd+,', 'settings'), SEPARATOR, { role: 'services' }, SEPARATOR, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, SEPARATOR, { role: 'quit' }],
  }
}

function fileMenu(text: Words, mac: boolean): Item {
  const own: Item[] = [action(text.newTask, 'CmdOrCtrl+N', 'new-task'), action(text.newFromClipboard, 'CmdOrCtrl+Shift+V', 'new-from-clipboard'), SEPARATOR, action(text.report, 'CmdOrCtrl+E', 'report'), SEPARATOR]
  const rest: Item[] = mac ? [{ role: 'close' }] : [action(text.settings, 'Ctrl+,', 'settings'), SEPARATOR, { role: 'close' }, { role: 'quit' }]
  return { label: text.file, submenu: [...own, ...rest] }
}

/** Shows the key without taking it: the page handles its own keys, and does the same when the item is clicked. */
function action(label: string, accelerator: string | undefined, name: MenuAction): Item {
  const click: Item['click'] = (_item, window) => {
    if (window instanceof BrowserWindow) window.webContents.send(CHANNELS.menu, name)
  }
  return { id: name, label, click, registerAccelerator: false, ...(accelerator === undefined ? {} : { accelerator }) }
}
