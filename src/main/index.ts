import { app, dialog, powerMonitor, shell } from 'electron'
import { join } from 'node:path'
import type { Language } from '../shared/locales/translate.ts'
import { createChangeableApp } from './app/changeable.ts'
import { dataDirOf } from './config.ts'
import { readConfigFile } from './config/file.ts'
import { Closing } from './desktop/closing.ts'
import { answerCommands, answerOpened, answerShowData } from './desktop/ipc.ts'
import { keychain } from './desktop/keychain.ts'
import { LiveRunBook } from './desktop/live-runs.ts'
import { setMenu } from './desktop/menu.ts'
import { lockDown } from './desktop/security.ts'
import { applyTheme, followSettings, languageOf } from './desktop/settings.ts'
import { Opening } from './desktop/opening.ts'
import { isOnlyInstance, showFirstWindow } from './desktop/single-instance.ts'
import { RunTray } from './desktop/tray.ts'
import { accompanyRuns } from './desktop/while-running.ts'
import { openWindow } from './desktop/window.ts'
import { words } from './desktop/words.ts'

const entry = (name: string): URL => new URL(name, import.meta.url)
const dataDir = dataDirOf(app.commandLine.getSwitchValue('data-dir'))

const opening = new Opening()

/** In elections, where nothing else is said: somebody looks at it, but it may be closed like a laptop. */
const PRIORITY = 5

async function start(): Promise<void> {
  const entries = { cli: entry('./cli.js'), thread: entry('./engine.js'), ticker: entry('./ticker.js'), importer: entry('./importer.js') }
  const cipher = keychain()
  const places = { flags: {}, env: process.env, file: await readConfigFile(dataDir, process.env) }
  const product = await createChangeableApp({ host: 'desktop', stays: true, dataDir, entries, places, mayStartAlone: true, priority: PRIORITY, ...(cipher === null ? {} : { cipher }) })
  let settings = await product.api['settings.get']({})
  const language = (): Language => languageOf(settings)
  const system = { showData: () => void shell.openPath(dataDir), openFiles: () => void chooseFiles() }
  const chooseFiles = async (): Promise<void> => {
    await opening.choose(words(language()).openable)
    if (!showFirstWindow()) open()
  }
  const api = await followSettings(product.api, (changed) => {
    settings = changed
    applyTheme(settings)
    setMenu(words(language()), system)
  })
  const runs = new LiveRunBook(product.on)
  const tray = new RunTray({ runs, api, words: () => words(language()), open: () => showFirstWindow() || open() })
  const closing = new Closing({ runs, api, close: () => product.close(), onHidden: () => tray.hint(), words: () => words(language()) })
  const open = (): void => closing.guard(openWindow(product.on, join(dataDir, 'window.json')))

  powerMonitor.on('suspend', () => product.suspend())
  powerMonitor.on('resume', () => product.resume())
  lockDown()
  answerCommands(api)
  answerOpened(() => opening.take())
  answerShowData(dataDir)
  accompanyRuns(runs, () => settings)
  open()
  app.on('activate', () => showFirstWindow() || open())
}

/** Nothing can be shown without the product: say why, in words, and end. */
function failToStart(error: unknown): void {
  dialog.showErrorBox('Stampede', error instanceof Error ? error.message : String(error))
  app.exit(3)
}

// Chromium's profile lies with the data, so that each data folder has its own single instance.
app.setPath('userData', join(dataDir, 'window'))
// macOS tells of links and files by events, also before it is ready; elsewhere they come on the command line.
app.on('open-url', (event, url) => {
  event.preventDefault()
  opening.addLink(url)
})
app.on('open-file', (event, path) => {
  event.preventDefault()
  opening.addFile(path)
})
opening.addArguments(process.argv.slice(1))
// Not awaited at the top: Electron gets ready only after this module has been evaluated.
if (isOnlyInstance((args) => opening.addArguments(args.slice(1)))) app.whenReady().then(start).catch(failToStart)
else app.quit()
