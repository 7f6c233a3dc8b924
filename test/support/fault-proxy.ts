import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** `up`: from the client to the server; `down`: back. */
export type Direction = 'up' | 'down' | 'both'

/**
 * A wire between a node and its Redis that can be bent. Faults hold for the connections that are open and for those to
 * come; `heal` ends them all, and what was held is delivered then, late and in order, as after a partition of a network.
 */
export interface FaultProxy {
  readonly port: number
  /** As `redis://`. */
  readonly url: string
  /** How many connections it carries now. */
  readonly connections: number
  /** Nothing comes through, and nobody is told. */
  hold(direction?: Direction): void
  /** Everything comes so many ms later. */
  delay(ms: number, direction?: Direction): void
  throttle(bytesPerSecond: number, direction?: Direction): void
  /** One bit of every so many bytes is another one. */
  corrupt(everyBytes: number, direction?: Direction): void
  /** RST to both sides of every connection; new ones are taken. */
  reset(): void
  /** RST now, and to everybody who comes, until healed. */
  refuse(): void
  /** The server's side ends (FIN), the client's stays open for writing. */
  halfClose(): void
  heal(): void
  stop(): Promise<void>
}

/** What a direction does to bytes. */
interface Law {
  held: boolean
  delayMs: number
  bytesPerSecond: number
  corruptEvery: number
}

const FAIR: Law = { held: false, delayMs: 0, bytesPerSecond: Infinity, corruptEvery: Infinity }

interface Carried {
  client: Socket
  server: Socket
  pipes: Pipe[]
}

export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const laws = { up: { ...FAIR }, down: { ...FAIR } }
  const carried = new Set<Carried>()
  let refusing = false
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (refusing) return void client.resetAndDestroy()
    const server = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const one = { client, server, pipes: [new Pipe(client, server, laws.up), new Pipe(server, client, laws.down)] }
    carried.add(one)
    for (const [socket, other] of [[client, server], [server, client]] as const) {
      socket.on('error', () => other.resetAndDestroy())
      socket.on('close', () => {
        carried.delete(one)
        other.destroy() // the other side may have been left half open
      })
    }
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const bend = (direction: Direction, change: Partial<Law>): void => {
    for (const way of ['up', 'down'] as const) if (direction === way || direction === 'both') Object.assign(laws[way], change)
  }
  const reset = (): void => {
    for (const { client, server } of carried) for (const socket of [client, server]) socket.resetAndDestroy()
  }
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get connections() {
      return carried.size
    },
    hold: (direction = 'both') => bend(direction, { held: true }),
    delay: (delayMs, direction = 'both') => bend(direction, { delayMs }),
    throttle: (bytesPerSecond, direction = 'both') => bend(direction, { bytesPerSecond }),
    corrupt: (corruptEvery, direction = 'both') => bend(direction, { corruptEvery }),
    reset,
    refuse() {
      refusing = true
      reset()
    },
    halfClose: () => carried.forEach(({ client }) => client.end()),
    heal() {
      refusing = false
      bend('both', FAIR)
      for (const { pipes } of carried) for (const pipe of pipes) void pipe.flow()
    },
    async stop() {
      reset()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

/** One direction of one connection. */
class Pipe {
  readonly #to: Socket
  readonly #law: Law
  /** Null: the end of the stream. */
  readonly #queue: { chunk: Buffer | null; at: number }[] = []
  #flowing = false
  #seen = 0

  constructor(from: Socket, to: Socket, law: Law) {
    this.#to = to
    this.#law = law
    from.on('data', (chunk: Buffer) => this.#take(chunk))
    from.on('end', () => this.#take(null))
  }

  #take(chunk: Buffer | null): void {
    this.#queue.push({ chunk, at: performance.now() })
    void this.flow()
  }

  /** Passes on what may go now; called again by whatever changes that. */
  async flow(): Promise<void> {
    if (this.#flowing) return
    this.#flowing = true
    for (let first = this.#queue[0]; first !== undefined && !this.#law.held; first = this.#queue[0]) {
      const { chunk, at } = first
      const waitMs = at + this.#law.delayMs - performance.now() + ((chunk?.length ?? 0) / this.#law.bytesPerSecond) * 1000
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs))
      if (this.#law.held) break
      this.#queue.shift()
      this.#pass(chunk)
    }
    this.#flowing = false
  }

  #pass(chunk: Buffer | null): void {
    if (this.#to.destroyed || this.#to.writableEnded) return
    if (chunk === null) return void this.#to.end()
    const every = this.#law.corruptEvery
    for (let at = every - (this.#seen % every) - 1; at < chunk.length; at += every) chunk[at] = (chunk[at] ?? 0) ^ 1
    this.#seen += chunk.length
    this.#to.write(chunk)
  }
}
