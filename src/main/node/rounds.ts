/**
 * A loop that looks at once, then whenever it is nudged, and at the latest after `everyMs`. Nudges during a round
 * cause one more. Rounds never overlap.
 */
export interface RoundsOptions {
  everyMs: number
  signal: AbortSignal
  /** How long nudges wait after a round before they cause another, ms. */
  restMs?: () => number
  /** Subscribes to nudges; returns the way to unsubscribe. */
  nudges?: (nudge: () => void) => () => void
  /** A round that threw; the loop goes on. */
  onError: (error: unknown) => void
}

/** Resolves when the signal is aborted and the last round has ended. */
export async function rounds(round: () => Promise<void>, options: RoundsOptions): Promise<void> {
  const bell = new Bell()
  const silence = options.nudges?.(() => bell.ring())
  const ring = (): void => bell.ring()
  options.signal.addEventListener('abort', ring)
  while (!options.signal.aborted) {
    bell.reset()
    await round().catch(options.onError)
    await rest(options.restMs?.() ?? 0, options.signal)
    await bell.rung(options.signal.aborted ? 0 : options.everyMs)
  }
  options.signal.removeEventListener('abort', ring)
  silence?.()
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return
  const until = new Bell()
  const ring = (): void => until.ring()
  signal.addEventListener('abort', ring)
  await until.rung(ms)
  signal.removeEventListener('abort', ring)
}

/** Remembers one ring, so that none is lost between a reset and the wait. */
class Bell {
  #rung = false
  #wake: (() => void) | null = null

  ring(): void {
    this.#rung = true
    this.#wake?.()
  }

  reset(): void {
    this.#rung = false
  }

  async rung(atMostMs: number): Promise<void> {
    if (this.#rung) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, atMostMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = null
  }
}
