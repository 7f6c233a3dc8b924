import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import { CHANNELS, type MenuAction } from '../../shared/contract/desktop-channels.ts'
import type { Words } from './words.ts'

type Item = MenuItemConstructorOptions

const SEPARATOR: Item = { type: 'separator' }

/** What only the system can do: the page has no key for it. */
export interface SystemActions {
  /** Asks for files and opens them. */
  openFiles: () => void
  showData: () => void
}

export function setMenu(text: Words, system: SystemActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menusOf(text, system, process.platform === 'darwin')))
}

/** Roles first, so that the system translates them and Edit's keys work everywhere (`ux.md` §3). */
export function menusOf(text: Words, system: SystemActions, mac: boolean): Item[] {
  return [
    ...(mac ? [appMenu(text)] : []),
    fileMenu(text, system, mac),
    { label: text.edit, submenu: [{ role: 'undo' }, { role: 'redo' }, SEPARATOR, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }, SEPARATOR, action(text.find, 'CmdOrCtrl+F', 'find')] },
    { label: text.run, submenu: [action(text.start, 'CmdOrCtrl+Enter', 'run'), action(text.tryOnce, 'CmdOrCtrl+Shift+Enter', 'try-once'), SEPARATOR, action(text.changeRate, undefined, 'change-rate'), action(text.stop, 'CmdOrCtrl+.', 'stop'), action(text.stopAll, 'CmdOrCtrl+Shift+.', 'stop-all'), SEPARATOR, action(text.baseline, 'CmdOrCtrl+B', 'baseline')] },
    { label: text.view, submenu: [action(text.tasks, 'CmdOrCtrl+1', 'tasks'), action(text.nodes, 'CmdOrCtrl+2', 'nodes'), action(text.history, 'CmdOrCtrl+3', 'history'), action(text.capacity, 'CmdOrCtrl+4', 'capacity'), action(text.palette, 'CmdOrCtrl+K', 'palette'), SEPARATOR, action(text.span, undefined, 'span'), action(text.scale, undefined, 'scale'), SEPARATOR, { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, SEPARATOR, { role: 'togglefullscreen' }, { role: 'toggleDevTools' }] },
    { role: 'windowMenu' },
    { role: 'help', label: text.help, submenu: [action(text.shortcuts, undefined, 'shortcuts'), { id: 'show-data', label: text.dataFolder, click: system.showData }, ...(mac ? [] : [SEPARATOR, { role: 'about' } as const])] },
  ]
}

function appMenu(text: Words): Item {
  return {
    role: 'appMenu',
    submenu: [{ role: 'about' }, SEPARATOR, action(text.settings, 'Cmd+,', 'settings'), SEPARATOR, { role: 'services' }, SEPARATOR, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, SEPARATOR, { role: 'quit' }],
  }
}

function fileMenu(text: Words, { openFiles }: SystemActions, mac: boolean): Item {
  const own: Item[] = [action(text.newTask, 'CmdOrCtrl+N', 'new-task'), action(text.newFromClipboard, 'CmdOrCtrl+Shift+V', 'new-from-clipboard'), { id: 'open-files', label: text.openFile, accelerator: 'CmdOrCtrl+O', click: openFiles }, SEPARATOR, action(text.report, 'CmdOrCtrl+E', 'report'), SEPARATOR]
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
