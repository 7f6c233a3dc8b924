import type { z } from 'zod'
import type { Envelopes, Purpose } from '../envelope.ts'

/** Sources remembered, so that a forger who invents ever new ones fills neither the memory nor the log. */
const REMEMBERED = 1000

/**
 * What is read from Redis is opened here. What does not open, or is not what its place says, counts as absent; it is
 * counted, and told once per source.
 */
export class Vault {
  readonly #envelopes: Envelopes
  readonly #onNotice: (text: string) => void
  readonly #told = new Set<string>()
  #refused = 0

  constructor(envelopes: Envelopes, onNotice: (text: string) => void) {
    this.#envelopes = envelopes
    this.#onNotice = onNotice
  }

  /** How many were refused so far. */
  get refused(): number {
    return this.#refused
  }

  seal(purpose: Purpose, place: string, value: unknown): string {
    return this.#envelopes.seal(purpose, place, value)
  }

  /** `isRight`: that it is the very one for this place. Null for an empty text, and for what is refused. */
  open<T>(purpose: Purpose, place: string, text: string, shape: z.ZodType, isRight: (value: T) => boolean = () => true): T | null {
    if (text === '') return null
    const opened = this.#envelopes.open(purpose, place, text)
    if (!opened.ok) return this.#refuse(purpose, place, opened.why)
    const parsed = shape.safeParse(opened.value)
    if (!parsed.success) return this.#refuse(purpose, place, `it has no ${parsed.error.issues[0]?.path.join('.') || 'sense'}`)
    const value = opened.value as T
    return isRight(value) ? value : this.#refuse(purpose, place, 'it speaks of something else')
  }

  #refuse(purpose: Purpose, place: string, why: string): null {
    this.#refused += 1
    if (this.#told.has(place) || this.#told.size >= REMEMBERED) return null
    this.#told.add(place)
    this.#onNotice(`A ${purpose} in Redis (${place.slice(0, 100)}) was ignored: ${why}.`)
    return null
  }
}
