import { join } from 'node:path'
import { app, Menu, nativeImage, Tray, type MenuItemConstructorOptions } from 'electron'
import type { Api } from '../../shared/contract/contract.ts'
import type { RunView } from '../../shared/results/run.ts'
import { rateShort } from '../../shared/format.ts'
import type { LiveRunBook } from './live-runs.ts'
import type { Words } from './words.ts'

interface TrayParts {
  runs: LiveRunBook
  api: Pick<Api, 'task.stop'>
  words: () => Words
  /** Brings the window to the front. */
  open: () => void
}

/** Built from the drawing by scripts/icon.mjs; Electron finds the double density beside it. */
const ICON = join(import.meta.dirname, '../renderer/tray.png')

/** In the notification area while a run is on: how it goes, and the ways to stop it, to the window and out. */
export class RunTray {
  readonly #parts: TrayParts
  #tray: Tray | null = null
  #hinted = false

  constructor(parts: TrayParts) {
    this.#parts = parts
    parts.runs.onChange((live) => (live.length === 0 ? this.#remove() : this.#show(live)))
  }

  /** Said once: where a hidden window is to be found. Only Windows has balloons; elsewhere the tool tip says it. */
  hint(): void {
    if (this.#hinted || this.#tray === null) return
    this.#hinted = true
    if (process.platform === 'win32') this.#tray.displayBalloon({ title: 'Stampede', content: this.#parts.words().hidden })
  }

  #show(live: readonly RunView[]): void {
    this.#tray ??= this.#create()
    this.#tray.setToolTip(live.map(lineOf).join('\n'))
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#items(live)))
  }

  #create(): Tray {
    const tray = new Tray(nativeImage.createFromPath(ICON))
    tray.on('click', this.#parts.open)
    return tray
  }

  #items(live: readonly RunView[]): MenuItemConstructorOptions[] {
    const { open, stopRun, quit } = this.#parts.words()
    const stop = (taskId: string): void => void this.#parts.api['task.stop']({ id: taskId }).catch(() => undefined) // it has just ended
    return [
      ...live.map((view) => ({ label: lineOf(view), enabled: false })),
      ...live.map(({ run }) => ({ id: `stop:${run.taskId}`, label: stopRun(run.taskName), click: () => stop(run.taskId) })),
      { type: 'separator' },
      { id: 'open', label: open, click: this.#parts.open },
      { id: 'quit', label: quit, click: () => app.quit() },
    ]
  }

  #remove(): void {
    this.#tray?.destroy()
    this.#tray = null
  }
}

/** `checkout-api  11.9k / 12.0k/s` */
function lineOf({ run, recent }: RunView): string {
  const target = recent.targetRate === null ? '' : ` / ${rateShort(recent.targetRate)}`
  return `${run.taskName}  ${rateShort(recent.achievedRate)}${target}/s`
}
