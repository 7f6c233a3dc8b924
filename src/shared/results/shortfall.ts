/**
 * Arrivals that the profile holds against those that the nodes say were due with them, second by second: what is short
 * was executed by nobody and is lost, what is over was executed twice. It needs to know nothing of shares, so it stays
 * right whatever became of them. Samples that come late fill their second's hole afterwards.
 */
interface Second {
  second: number
  /** Due by the profile and not told of; negative: more was told of than was due. */
  missing: number
  /** How many of a second's arrivals count in the result, those after the warm-up. */
  judged: number
  told: number
}

export interface SavedShortfall {
  lost: number
  over: number
  seconds: Second[]
}

/** No node keeps samples for longer, so that no hole can be filled any more. */
const REMEMBERED_SECONDS = 600
/** A node that hears of its share a little late catches up: what is over then was missing in these seconds before. */
const CAUGHT_UP_SECONDS = 3

export class Shortfall {
  #lost: number
  #over: number
  /** Those that are not even, in order. */
  #seconds: Second[]

  constructor({ lost, over, seconds }: SavedShortfall = { lost: 0, over: 0, seconds: [] }) {
    this.#lost = lost
    this.#over = over
    this.#seconds = seconds
  }

  /** Of which only the whole is known: so many are missing, or, if negative, over. */
  static of(missing: number): Shortfall {
    return new Shortfall({ lost: Math.max(0, missing), over: Math.max(0, -missing), seconds: [] })
  }

  /** `due`: all arrivals of the second by the profile, and those of them after the warm-up. Answers with how many were told of beyond those due. */
  close(second: number, due: { all: number; judged: number }, told: number): number {
    const closed = { second, missing: due.all - told, judged: due.judged, told }
    this.#even(closed)
    if (closed.missing !== 0) this.#seconds.push(closed)
    this.#forget(second - REMEMBERED_SECONDS)
    return Math.max(0, -closed.missing)
  }

  /** A sample of a second that was closed without it. */
  tellLate(second: number, told: number): void {
    if (told === 0) return
    const known = this.#seconds.find((each) => each.second === second)
    if (known === undefined) this.#seconds.push({ second, missing: -told, judged: 0, told })
    else Object.assign(known, { missing: known.missing - told, told: known.told + told })
    this.#seconds = this.#seconds.filter(({ missing }) => missing !== 0).sort((a, b) => a.second - b.second)
  }

  /**
   * The run was stopped in this second. What was due around the stop was not lost, nor was what nobody sent any more
   * before the master heard of it.
   */
  stopIn(second: number): void {
    this.#seconds = this.#seconds.filter((each) => each.second < second - 1)
    for (let last = second - 2; this.#seconds.at(-1)?.second === last && this.#seconds.at(-1)?.told === 0; last--) this.#seconds.pop()
  }

  /** Arrivals that nobody executed, after the warm-up. */
  get lost(): number {
    return this.#seconds.reduce((sum, { missing, judged }) => sum + Math.max(0, Math.min(missing, judged)), this.#lost)
  }

  /** Arrivals executed beyond those due. */
  get over(): number {
    return this.#seconds.reduce((sum, { missing }) => sum + Math.max(0, -missing), this.#over)
  }

  save(): SavedShortfall {
    return { lost: this.#lost, over: this.#over, seconds: this.#seconds }
  }

  /** Takes what is over from what was missing just before; and one on the border of two seconds may be counted in either. */
  #even(closed: Second): void {
    for (const before of this.#seconds.toReversed()) {
      if (closed.second - before.second > CAUGHT_UP_SECONDS) break
      const shift = closed.missing < 0 ? Math.min(-closed.missing, Math.max(0, before.missing)) : before.missing === -1 && closed.second - before.second === 1 && closed.missing > 0 ? -1 : 0
      before.missing -= shift
      closed.missing += shift
    }
    this.#seconds = this.#seconds.filter(({ missing }) => missing !== 0)
  }

  #forget(before: number): void {
    while ((this.#seconds[0]?.second ?? Infinity) < before) {
      const { missing, judged } = this.#seconds.shift()!
      this.#lost += Math.max(0, Math.min(missing, judged))
      this.#over += Math.max(0, -missing)
    }
  }
}
