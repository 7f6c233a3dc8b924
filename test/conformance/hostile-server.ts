import net from 'node:net'
import tls from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import type { Certificate } from '../support/certificates.ts'

/** One thing the server does after it has read a request. After the last one the connection stays open. */
export type Step =
  | { write: string | Buffer }
  /** Goes on writing this as fast as the client takes it, until the client is gone. */
  | { flood: string | Buffer }
  /** Writes one byte, waits so many ms, and again, until the client is gone. */
  | { drip: string; everyMs: number }
  | 'end'
  | 'reset'

/** How a connection begins: `plain` reads HTTP, a certificate speaks TLS, the rest never gets as far. */
export type Greeting = 'plain' | { certificate: Certificate; alpn?: string } | 'reset-at-once' | 'end-at-once' | 'silent' | { write: string }

/** `split`: written in two parts that are read apart. `truncate`: only the first part, then the end. */
export type Cut = { mode: 'split' | 'truncate'; at: number } | null

/** After each write the server yields so often: the client, in the same process, has then read what was written. */
const TURNS_TO_BE_READ = 3

/**
 * A server that does what it is told and nothing of its own accord: no line that Node's HTTP server would refuse is
 * too bad for it. What it does may be changed between two requests, so that a lane can be shown to recover.
 */
export class HostileServer {
  greeting: Greeting = 'plain'
  steps: Step[] = []
  cut: Cut = null
  /** Requests read, raw. */
  readonly requests: string[] = []
  readonly #sockets = new Set<Socket>()
  #server: net.Server
  #busy = 0
  #port = 0

  constructor() {
    this.#server = net.createServer((socket) => this.#greet(socket))
  }

  get port(): number {
    return this.#port
  }

  /** Connections that the client has not closed. */
  get open(): number {
    return this.#sockets.size
  }

  /** A second call takes the same port again. */
  async listen(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  /** Frees the port: connections are refused from now on, those that stand are cut. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  behave(steps: Step[], cut: Cut = null): void {
    this.steps = steps
    this.cut = cut
  }

  /** Resolves when nothing is being written any more and the client has read it. */
  async settled(): Promise<void> {
    while (this.#busy > 0) await turns(1)
    await turns(TURNS_TO_BE_READ)
  }

  #greet(socket: Socket): void {
    socket.on('error', () => {})
    // Accepted by the kernel just before the port was freed.
    if (!this.#server.listening) return void socket.destroy()
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.setNoDelay(true)
    const { greeting } = this
    if (greeting === 'plain') this.#read(socket)
    else if (greeting === 'reset-at-once') socket.resetAndDestroy()
    else if (greeting === 'end-at-once') socket.destroy()
    else if (greeting === 'silent') socket.resume()
    else if ('write' in greeting) socket.on('data', () => socket.end(greeting.write))
    else this.#secure(socket, greeting)
  }

  #secure(socket: Socket, { certificate, alpn }: Exclude<Greeting, string | { write: string }>): void {
    const secured = new tls.TLSSocket(socket, { isServer: true, ...certificate, ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }) })
    secured.on('error', () => socket.destroy())
    this.#read(secured)
  }

  #read(socket: Socket): void {
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      for (let end = requestEnd(received); end >= 0; end = requestEnd(received)) {
        this.requests.push(received.slice(0, end))
        received = received.slice(end)
        void this.#answer(socket)
      }
    })
  }

  async #answer(socket: Socket): Promise<void> {
    this.#busy += 1
    try {
      for (const step of this.cut === null ? this.steps : cutSteps(this.steps, this.cut)) await perform(socket, step)
    } finally {
      this.#busy -= 1
    }
  }
}

/** The steps with all that is written put together and cut in two. */
function cutSteps(steps: Step[], cut: NonNullable<Cut>): Step[] {
  const bytes = bytesOf(steps)
  const first: Step = { write: bytes.subarray(0, cut.at) }
  if (cut.mode === 'truncate') return [first, 'end']
  return [first, { write: bytes.subarray(cut.at) }, ...steps.filter((step) => step === 'end' || step === 'reset')]
}

/** All that the steps write. */
export function bytesOf(steps: Step[]): Buffer {
  return Buffer.concat(steps.flatMap((step) => (typeof step === 'object' && 'write' in step ? [toBuffer(step.write)] : [])))
}

async function perform(socket: Socket, step: Step): Promise<void> {
  if (step === 'end') socket.end()
  else if (step === 'reset') socket.resetAndDestroy()
  else if ('flood' in step) await flood(socket, toBuffer(step.flood))
  else if ('drip' in step) await drip(socket, step.drip, step.everyMs)
  else {
    if (step.write.length > 0) socket.write(toBuffer(step.write))
    await turns(TURNS_TO_BE_READ)
  }
}

async function flood(socket: Socket, bytes: Buffer): Promise<void> {
  while (!socket.destroyed) {
    if (socket.write(bytes)) await turns(1)
    else await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', resolve))
  }
}

async function drip(socket: Socket, text: string, everyMs: number): Promise<void> {
  for (let at = 0; !socket.destroyed; at = (at + 1) % text.length) {
    socket.write(text[at]!)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Offset behind the first complete request, or -1. */
function requestEnd(received: string): number {
  const head = received.indexOf('\r\n\r\n')
  if (head < 0) return -1
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1] ?? 0)
  return received.length >= head + 4 + length ? head + 4 + length : -1
}

function toBuffer(bytes: string | Buffer): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
}
