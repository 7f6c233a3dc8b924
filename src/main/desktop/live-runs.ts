import type { RunView } from '../../shared/results/run.ts'
import type { On } from '../api/event-hub.ts'

/** The runs that are going now, for whatever the desktop does about them. */
export class LiveRunBook {
  readonly #live = new Map<string, RunView>()
  readonly #listeners = new Set<(live: readonly RunView[], changed: RunView) => void>()

  constructor(on: On) {
    on('run:changed', (view) => {
      if (view.run.endedAt === null) this.#live.set(view.run.id, view)
      else this.#live.delete(view.run.id)
      for (const listener of this.#listeners) listener(this.all(), view)
    })
  }

  all(): readonly RunView[] {
    return [...this.#live.values()]
  }

  onChange(listener: (live: readonly RunView[], changed: RunView) => void): void {
    this.#listeners.add(listener)
  }
}
