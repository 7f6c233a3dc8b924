import { BrowserWindow, ipcMain, shell, type IpcMainInvokeEvent, type WebContents } from 'electron'
import type { Opened } from '../../shared/contract/deep-link.ts'
import type { Api } from '../../shared/contract/contract.ts'
import { CHANNELS, type Reply } from '../../shared/contract/desktop-channels.ts'
import { AppError } from '../../shared/errors.ts'
import { EVENT_NAMES } from '../../shared/contract/event-names.ts'
import { dispatch } from '../../shared/contract/rpc.ts'
import type { On } from '../api/event-hub.ts'
import { isOurPage } from './page.ts'

/** Answers the commands of our own pages; nobody else's, whatever a window may have been led to. */
export function answerCommands(api: Api): void {
  ipcMain.handle(CHANNELS.invoke, async (event, command: unknown, input: unknown): Promise<Reply> => {
    try {
      if (!isOurs(event)) throw new AppError('unauthorized', 'This page may not give commands.')
      return { ok: true, value: await dispatch(api, String(command), input) }
    } catch (error) {
      if (!(error instanceof AppError)) console.error(error)
      return { ok: false, error: error instanceof AppError ? error.toJSON() : { code: 'internal', message: 'Something went wrong inside Stampede.' } }
    }
  })
}

/** Gives what the system wants opened to our own page. */
export function answerOpened(take: () => Opened[]): void {
  ipcMain.handle(CHANNELS.opened, (event) => (isOurs(event) ? take() : []))
}

/** Shows the data folder: this one and no other, whatever a page may ask for. */
export function answerShowData(folder: string): void {
  ipcMain.handle(CHANNELS.showData, async (event) => {
    if (isOurs(event)) await shell.openPath(folder)
  })
}

/** The top frame of one of our windows, showing our own page. */
function isOurs({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && BrowserWindow.fromWebContents(sender) !== null && isOurPage(senderFrame.url)
}

/** Tells a window every fact while it lives; from its first load on, so that no standing notice is missed. */
export function tellFacts(contents: WebContents, on: On): void {
  contents.once('did-finish-load', () => {
    const stops = EVENT_NAMES.map((name) => on(name, (fact) => contents.send(CHANNELS.fact, name, fact)))
    contents.once('destroyed', () => stops.forEach((stop) => stop()))
  })
}
