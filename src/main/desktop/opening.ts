import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { BrowserWindow, dialog } from 'electron'
import { parseDeepLink, type Opened } from '../../shared/contract/deep-link.ts'
import { CHANNELS } from '../../shared/contract/desktop-channels.ts'

/** Files that the screens know what to do with. */
const EXTENSIONS = ['stampede', 'har', 'yaml', 'yml', 'json', 'jsonl', 'curl', 'sh', 'txt', 'csv']
const KNOWN = new RegExp(`\\.(${EXTENSIONS.join('|')})$`, 'i')
const MAX_BYTES = 32 * 1024 * 1024

/**
 * What the system asks the app to open: links and files, on the command line, of a second start, or by macOS' own events,
 * perhaps before there is a window. The page fetches it when it is ready.
 */
export class Opening {
  #waiting: Opened[] = []

  /** @param args of a command line: whatever in it is no link and no known file is not for us. */
  addArguments(args: readonly string[]): void {
    for (const argument of args) {
      if (/^stampede:\/\//i.test(argument)) this.addLink(argument)
      else if (!argument.startsWith('-') && KNOWN.test(argument)) this.addFile(argument)
    }
  }

  addLink(text: string): void {
    const link = parseDeepLink(text)
    if (link !== null) this.#add({ kind: 'link', link })
  }

  /** One that cannot be read, or is too large to be meant, is passed over. */
  addFile(path: string): void {
    try {
      if (KNOWN.test(path) && statSync(path).isFile() && statSync(path).size <= MAX_BYTES) this.#add({ kind: 'file', name: basename(path), text: readFileSync(path, 'utf8') })
    } catch (error) {
      console.error(error)
    }
  }

  /** Asks the user which ones. @param kinds what they are called there. */
  async choose(kinds: string): Promise<void> {
    const { filePaths } = await dialog.showOpenDialog({ properties: ['openFile', 'multiSelections'], filters: [{ name: kinds, extensions: EXTENSIONS }] })
    for (const path of filePaths) this.addFile(path)
  }

  /** Each is given out once. */
  take(): Opened[] {
    return this.#waiting.splice(0)
  }

  #add(opened: Opened): void {
    this.#waiting.push(opened)
    BrowserWindow.getAllWindows()[0]?.webContents.send(CHANNELS.opened)
  }
}
