import type { Topic } from './cluster-state.ts'

/** Who waits for which topic. Nudges of one turn are told once, after the step that caused them has ended. */
export class Nudges {
  readonly #listeners = new Map<Topic, Set<() => void>>()
  readonly #due = new Set<Topic>()

  watch(topic: Topic, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set()
    this.#listeners.set(topic, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  tell(topic: Topic): void {
    if (this.#due.size === 0) queueMicrotask(() => this.#deliver())
    this.#due.add(topic)
  }

  clear(): void {
    this.#listeners.clear()
  }

  #deliver(): void {
    const topics = [...this.#due]
    this.#due.clear()
    for (const topic of topics) for (const listener of this.#listeners.get(topic) ?? []) listener()
  }
}
