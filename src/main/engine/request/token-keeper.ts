import { SYSTEM_TIMERS } from '../schedule/pacer.ts'
import type { Timers } from '../schedule/pacer.ts'
import type { AccessToken } from './access-token.ts'

export interface TokenKeeperOptions {
  fetch: () => Promise<AccessToken>
  timers?: Timers
}

/** So long before its end a token is renewed, ms; of a short life a quarter. */
const AHEAD_MS = 60_000
/** Between attempts to renew it, ms. */
const PAUSE_MS = 1_000

/**
 * Keeps an access token that holds: asks for the next one before the present one ends, and again until it ends. Requests go
 * on with the present one meanwhile, so there is no gap. A token of which no end was said stays.
 */
export class TokenKeeper {
  text = ''
  readonly #fetch: () => Promise<AccessToken>
  readonly #timers: Timers
  #timer: unknown
  #endsAt = Infinity
  #renewed: (text: string) => void = () => {}
  #lost: (error: Error) => void = () => {}
  #stopped = false

  constructor({ fetch, timers = SYSTEM_TIMERS }: TokenKeeperOptions) {
    this.#fetch = fetch
    this.#timers = timers
  }

  /** The first token. Throws what `fetch` throws. */
  async begin(): Promise<void> {
    const askedAt = this.#timers.now()
    this.#take(await this.#fetch(), askedAt)
  }

  /** @param lost the token has ended, and no other could be had. */
  watch(renewed: (text: string) => void, lost: (error: Error) => void): void {
    this.#renewed = renewed
    this.#lost = lost
  }

  stop(): void {
    this.#stopped = true
    this.#timers.clear(this.#timer)
  }

  #take({ text, lifetimeMs }: AccessToken, askedAt: number): void {
    this.text = text
    if (lifetimeMs === null || this.#stopped) return
    this.#endsAt = askedAt + lifetimeMs
    this.#renewAt(this.#endsAt - Math.min(AHEAD_MS, lifetimeMs / 4))
  }

  /** A timer holds 24 days at most: a longer life is looked at again then. */
  #renewAt(at: number): void {
    const inMs = Math.min(Math.max(0, at - this.#timers.now()), 2 ** 31 - 1)
    this.#timer = this.#timers.set(() => void this.#renew(), inMs)
  }

  async #renew(): Promise<void> {
    const askedAt = this.#timers.now()
    try {
      const next = await this.#fetch()
      if (this.#stopped) return
      this.#take(next, askedAt)
      this.#renewed(next.text)
    } catch (error) {
      if (this.#stopped) return
      if (this.#timers.now() >= this.#endsAt) this.#lost(error as Error)
      else this.#renewAt(Math.min(this.#timers.now() + PAUSE_MS, this.#endsAt))
    }
  }
}
