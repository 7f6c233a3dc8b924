import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EventName, Notice } from '../../shared/contract/contract.ts'
import { EVENT_NAMES } from '../../shared/contract/event-names.ts'
import type { On } from './event-hub.ts'

/** Facts kept for clients that come back; whoever was away longer asks for the state again. */
const KEPT = 256
const HEARTBEAT_MS = 15_000
/** A client that does not read is let go at this backlog; it comes back and resumes. */
const MAX_BACKLOG_BYTES = 4 * 2 ** 20

interface Entry {
  number: number
  text: string
}

/**
 * Server-sent events, resumable: every fact has an id `<start of this server>-<number>`; a client that reconnects
 * with the last one it got receives what it missed, or the event `reset` when that is no longer known.
 */
export class EventStream {
  readonly #start = randomBytes(6).toString('base64url')
  readonly #ring: Entry[] = []
  readonly #notices = new Map<string, string>()
  readonly #clients = new Set<ServerResponse>()
  readonly #stops: (() => void)[]
  readonly #heartbeat: NodeJS.Timeout
  #number = 0

  constructor(on: On) {
    this.#stops = EVENT_NAMES.map((name) => on(name, (fact) => this.#tell(name, fact)))
    this.#heartbeat = setInterval(() => this.#send(': still here\n\n'), HEARTBEAT_MS).unref()
  }

  /** A client without a last id is new, and hears the standing notices first. */
  open(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    response.write('retry: 1000\n\n')
    const last = request.headers['last-event-id']
    const first = typeof last === 'string' ? this.#missedSince(last) : [...this.#notices.values()]
    for (const text of first) response.write(text)
    this.#clients.add(response)
    response.on('close', () => this.#clients.delete(response))
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const stop of this.#stops) stop()
    for (const client of this.#clients) client.end()
  }

  #tell(name: EventName, fact: unknown): void {
    const number = ++this.#number
    const text = `id: ${this.#start}-${number}\nevent: ${name}\ndata: ${JSON.stringify(fact)}\n\n`
    if (name === 'notice') this.#notices.set((fact as Notice).id, text)
    this.#ring.push({ number, text })
    if (this.#ring.length > KEPT) this.#ring.shift()
    this.#send(text)
  }

  #send(text: string): void {
    for (const client of this.#clients) {
      if (client.writableLength > MAX_BACKLOG_BYTES) client.destroy()
      else client.write(text)
    }
  }

  #missedSince(id: string): string[] {
    const [start = '', digits = ''] = id.split(/-(?=\d+$)/)
    const number = Number(digits)
    const oldest = this.#ring[0]?.number ?? this.#number + 1
    if (start !== this.#start || number < oldest - 1 || number > this.#number) return [`id: ${this.#start}-${this.#number}\nevent: reset\ndata: {}\n\n`]
    return this.#ring.filter((entry) => entry.number > number).map((entry) => entry.text)
  }
}
