import type { Socket } from 'node:net'
import { LaneFailure } from './lane-failure.ts'
import { openSocket } from './undici-socket.ts'
import type { OpenTimings, Way } from './undici-socket.ts'

/** Opens sockets on one way, each within its time, and can give up those under way. */
export class SocketOpener {
  readonly #way: Way
  readonly #timeoutMs: number
  readonly #connected: (timings: OpenTimings) => void
  /** In the order of their beginning. */
  readonly #underWay = new Set<AbortController>()

  constructor(way: Way, timeoutMs: number, connected: (timings: OpenTimings) => void) {
    this.#way = way
    this.#timeoutMs = timeoutMs
    this.#connected = connected
  }

  /** Attempts under way. */
  get size(): number {
    return this.#underWay.size
  }

  /** Rejects with LaneFailure `connect-timeout` in due time, else with the error of the socket. */
  async open(): Promise<Socket> {
    const attempt = new AbortController()
    const timer = setTimeout(() => attempt.abort(tooLate()), this.#timeoutMs)
    this.#underWay.add(attempt)
    try {
      const { socket, timings } = await openSocket(this.#way, attempt.signal)
      this.#connected(timings)
      return socket
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(attempt)
    }
  }

  abortOldest(): void {
    const [oldest] = this.#underWay
    oldest?.abort(tooLate())
  }

  abortAll(): void {
    for (const attempt of this.#underWay) attempt.abort(new LaneFailure('aborted', 'cancelled'))
  }
}

function tooLate(): LaneFailure {
  return new LaneFailure('connect-timeout', 'no connection in time')
}
