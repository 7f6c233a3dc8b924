import tls from 'node:tls'
import type { Socket } from 'node:net'
import type { Certificate } from '../support/certificates.ts'
import { PeerServer } from './peer-server.ts'

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

/**
 * A server that does what it is told and nothing of its own accord: no line that Node's HTTP server would refuse is
 * too bad for it. What it does may be changed between two requests, so that a lane can be shown to recover.
 */
export class HostileServer extends PeerServer {
  greeting: Greeting = 'plain'
  steps: Step[] = []
  cut: Cut = null
  /** Requests read, raw. */
  readonly requests: string[] = []

  behave(steps: Step[], cut: Cut = null): void {
    this.steps = steps
    this.cut = cut
  }

  protected greet(socket: Socket): void {
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

  #answer(socket: Socket): Promise<void> {
    const steps = this.cut === null ? this.steps : cutSteps(this.steps, this.cut)
    return this.busy(async () => {
      for (const step of steps) await this.#perform(socket, step)
    })
  }

  async #perform(socket: Socket, step: Step): Promise<void> {
    if (step === 'end') socket.end()
    else if (step === 'reset') socket.resetAndDestroy()
    else if ('flood' in step) await this.flood(socket, toBuffer(step.flood))
    else if ('drip' in step) await drip(socket, step.drip, step.everyMs)
    else await this.write(socket, toBuffer(step.write))
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

async function drip(socket: Socket, text: string, everyMs: number): Promise<void> {
  for (let at = 0; !socket.destroyed; at = (at + 1) % text.length) {
    socket.write(text[at]!)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
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
