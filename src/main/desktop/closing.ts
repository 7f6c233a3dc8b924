import { app, dialog, type BrowserWindow } from 'electron'
import type { Api } from '../../shared/contract.ts'
import type { LiveRunBook } from './live-runs.ts'
import type { Words } from './words.ts'

interface ClosingParts {
  runs: LiveRunBook
  api: Api
  /** Closes the product in order. */
  close: () => Promise<void>
  words: () => Words
}

/**
 * A closed window does not end a run: while one is on, closing hides, and the window is back when the run has ended.
 * Quitting asks, and the product is closed in order before the process ends.
 */
export class Closing {
  readonly #parts: ClosingParts
  readonly #hidden = new Set<BrowserWindow>()
  #quitting = false

  constructor(parts: ClosingParts) {
    this.#parts = parts
    parts.runs.onChange((live) => {
      if (live.length === 0) this.#showHidden()
    })
    app.on('before-quit', (event) => {
      if (this.#quitting) return
      event.preventDefault()
      void this.#quit()
    })
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit()
    })
  }

  guard(window: BrowserWindow): void {
    window.on('close', (event) => {
      if (this.#quitting || this.#parts.runs.all().length === 0) return
      event.preventDefault()
      window.hide()
      this.#hidden.add(window)
    })
  }

  #showHidden(): void {
    for (const window of this.#hidden) if (!window.isDestroyed() && !window.isVisible()) window.showInactive()
    this.#hidden.clear()
  }

  async #quit(): Promise<void> {
    const live = this.#parts.runs.all()
    if (live.length > 0 && !(await this.#mayStop(live.map(({ run }) => run.taskName)))) return
    this.#quitting = true
    await Promise.allSettled(live.map(({ run }) => this.#parts.api['task.stop']({ id: run.taskId })))
    await this.#parts.close()
    app.quit()
  }

  /** Escape and Enter keep it running: a quit by mistake must not end a run. */
  async #mayStop(names: string[]): Promise<boolean> {
    const { stillRunning, stopAndQuit, keepRunning } = this.#parts.words()
    const { response } = await dialog.showMessageBox({ type: 'question', message: stillRunning(names.join(', ')), buttons: [stopAndQuit, keepRunning], defaultId: 1, cancelId: 1, noLink: true })
    return response === 0
  }
}
