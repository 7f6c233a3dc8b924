import type { z } from 'zod'
import type { Envelopes, Purpose } from '../envelope.ts'
import type { Tell } from '../tell.ts'

/** Sources remembered, so that a forger who invents ever new ones fills neither the memory nor the log. */
const REMEMBERED = 1000
/** So many refused are no accident any more; ten times as many are worth another word. */
const ALARM_AT = 10

/**
 * What is read from Redis is opened here. What does not open, or is not what its place says, counts as absent; it is
 * counted, and told once per source; when it keeps coming, there is an alarm.
 */
export class Vault {
  readonly #envelopes: Envelopes
  readonly #onNotice: Tell
  readonly #told = new Set<string>()
  #refused = 0
  #alarmAt = ALARM_AT

  constructor(envelopes: Envelopes, onNotice: Tell) {
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
    if (this.#refused === this.#alarmAt) this.#alarm()
    if (this.#told.has(place) || this.#told.size >= REMEMBERED) return null
    this.#told.add(place)
    this.#onNotice(`A ${purpose} in Redis (${place.slice(0, 100)}) was ignored: ${why}.`)
    return null
  }

  #alarm(): void {
    this.#alarmAt *= 10
    this.#onNotice(`Refused ${this.#refused} entries in Redis so far: somebody who does not know this cluster's secret writes to its namespace, or the way to Redis damages what it carries. Nothing of it is obeyed. Look who can reach that Redis.`, 'bad')
  }
}
