import type { EventName, Events } from '../../shared/contract/contract.ts'

/** Hear of one kind of fact; answers with the way to stop listening. */
export type On = <E extends EventName>(event: E, listener: (fact: Events[E]) => void) => () => void

/** Notices that late listeners still get to hear. */
const STANDING_NOTICES = 20

/**
 * Tells facts to whoever listens in this process; bridges carry them further. A listener that throws is its own
 * problem: the others still hear, and the run goes on. Notices stand: whoever begins to listen hears the former ones
 * at once, because a file set aside at the start is told before any window is open.
 */
export class EventHub {
  readonly #listeners = new Map<EventName, Set<(fact: never) => void>>()
  readonly #notices = new Map<string, Events['notice']>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void = (error) => process.emitWarning(error as Error)) {
    this.#onError = onError
  }

  readonly on: On = (event, listener) => {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
    if (event === 'notice') for (const notice of this.#notices.values()) (listener as (fact: Events['notice']) => void)(notice)
    return () => listeners.delete(listener)
  }

  emit<E extends EventName>(event: E, fact: Events[E]): void {
    if (event === 'notice') this.#remember(fact as Events['notice'])
    for (const listener of [...(this.#listeners.get(event) ?? [])] as ((fact: Events[E]) => void)[]) {
      try {
        listener(fact)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  #remember(notice: Events['notice']): void {
    this.#notices.set(notice.id, notice)
    const oldest = this.#notices.keys().next().value
    if (this.#notices.size > STANDING_NOTICES && oldest !== undefined) this.#notices.delete(oldest)
  }

  /** Whether anybody would hear: facts that cost something to learn are not asked for otherwise. */
  hears(event: EventName): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0
  }
}
