import type { Share } from '../../../shared/cluster/cluster.ts'

/** More iterations than a virtual user can execute in a millisecond: even to the next process a round trip takes longer. */
const MOST_PER_MS = 64

/**
 * Numbers of the iterations of virtual users: round k of user u of N is number k·N + u + 1. So every number is given
 * once over the fleet, without anybody asking anybody; the users of a part take turns, and a given total of iterations
 * makes the numbers 1 to that total.
 *
 * Who takes over users at an instant goes on with rounds that nobody can have reached before it.
 */
export class UserNumbers {
  readonly #users: { first: number; end: number }[]
  readonly #of: number
  #round: number
  #range = 0
  #user: number

  /** @param of virtual users of the whole fleet. @param fromMs when these users became ours, ms of the run. */
  constructor(share: Share, of: number, fromMs: number) {
    this.#users = share.map(({ from, to }) => ({ first: usersBefore(from, of), end: usersBefore(to, of) })).filter(({ first, end }) => end > first).sort((a, b) => a.first - b.first)
    this.#of = of
    this.#round = Math.ceil(Math.max(0, fromMs) * MOST_PER_MS)
    this.#user = this.#users[0]?.first ?? 0
  }

  next(): number {
    const n = this.#round * this.#of + this.#user + 1
    if (++this.#user >= (this.#users[this.#range]?.end ?? 0)) this.#turn()
    return n
  }

  #turn(): void {
    this.#range++
    if (this.#range >= this.#users.length) {
      this.#range = 0
      this.#round++
    }
    this.#user = this.#users[this.#range]?.first ?? 0
  }
}

/** How many of n users sit before a position: number i of n (1, 2, …) sits at (i − ½)/n of the unit range. */
export function usersBefore(position: number, n: number): number {
  return Math.min(n, Math.max(0, Math.ceil(position * n - 0.5)))
}
