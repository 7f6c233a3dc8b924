import { app, BrowserWindow, dialog } from 'electron'
import type { Api } from '../../shared/contract/contract.ts'
import type { LiveRunBook } from './live-runs.ts'
import type { Words } from './words.ts'

interface ClosingParts {
  runs: LiveRunBook
  api: Api
  /** Closes the product in order. */
  close: () => Promise<void>
  /** A window was hidden because a run goes on in it. */
  onHidden: () => void
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
      this.#hide(window)
    })
  }

  #hide(window: BrowserWindow): void {
    window.hide()
    this.#hidden.add(window)
    this.#parts.onHidden()
  }

  #showHidden(): void {
    for (const window of this.#hidden) if (!window.isDestroyed() && !window.isVisible()) window.showInactive()
    this.#hidden.clear()
  }

  async #quit(): Promise<void> {
    const live = this.#parts.runs.all()
    const alone = await this.#isAlone()
    const choice = live.length === 0 ? 'quit' : await this.#ask(live.map(({ run }) => run.taskName), alone)
    if (choice === 'hide') for (const window of BrowserWindow.getAllWindows()) this.#hide(window)
    if (choice !== 'quit') return
    this.#quitting = true
    for (const window of BrowserWindow.getAllWindows()) window.hide() // handing over takes a few seconds
    if (alone) await Promise.allSettled(live.map(({ run }) => this.#parts.api['task.stop']({ id: run.taskId })))
    await this.#parts.close()
    app.quit()
  }

  /** Escape and Enter change nothing: a quit by mistake must not end a run. */
  async #ask(names: string[], alone: boolean): Promise<'quit' | 'hide' | 'stay'> {
    const { stillRunning, othersGoOn, stopAndQuit, quit, keepRunning, cancel } = this.#parts.words()
    const { response } = await dialog.showMessageBox({
      type: 'question', message: stillRunning(names.join(', ')), ...(alone ? {} : { detail: othersGoOn }),
      buttons: [alone ? stopAndQuit : quit, keepRunning, cancel], defaultId: 2, cancelId: 2, noLink: true,
    })
    return (['quit', 'hide'] as const)[response] ?? 'stay'
  }

  /** Nobody else carries the load; a cluster that does not answer may well. */
  async #isAlone(): Promise<boolean> {
    const nodes = await this.#parts.api['node.list']({}).catch(() => null)
    return nodes !== null && !nodes.some(({ isThis, info, state }) => !isThis && info.role !== 'sentinel' && state !== 'lost')
  }
}
