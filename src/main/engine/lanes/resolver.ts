import dns from 'node:dns'
import { isIP } from 'node:net'

/** One address of the target; the same object as long as the name has it. */
export interface Address {
  readonly address: string
  /** Not to be used before this instant as long as there is a better one; `performance.now()` ms. */
  asideUntil: number
}

export type Lookup = (host: string, done: (error: NodeJS.ErrnoException | null, addresses: string[]) => void) => void

/** RFC 6761 §6.3: these names are this machine, whatever a resolver says; a server may listen on either family alone. */
const LOCAL_NAME = /^(.+\.)?localhost\.?$/i
const LOOPBACKS = ['127.0.0.1', '::1']

const FRESH_MS = 30_000
const FAILURE_MS = 1_000

/** The system's own resolution (hosts file included), in the order that the system prefers. */
export const systemLookup: Lookup = (host, done) => {
  dns.lookup(host, { all: true, order: 'verbatim' }, (error, found) => done(error, error === null ? found.map((one) => one.address) : []))
}

/**
 * Addresses of one host: one lookup at a time for all connections, kept 30 s (a failure 1 s) and renewed while the
 * old answer still serves; none for addresses and `localhost`. Turns go round over the addresses; one that failed is set
 * aside for 30 s while another is left, so that `localhost` finds the family that the server listens on.
 */
export class Resolver {
  /** Duration of the last lookup until {@link takeLookupMs} takes it. */
  private lookupMs = NaN
  private addresses: Address[] = []
  private turn = 0
  private pending = false
  private freshUntil = 0
  private readonly host: string
  private readonly ready: (failure: NodeJS.ErrnoException | null) => void
  private readonly lookup: Lookup
  private readonly now: () => number

  /** @param host or its addresses, where they are known. @param ready called at the end of every lookup; with the error when it failed. */
  constructor(host: string | readonly string[], ready: (failure: NodeJS.ErrnoException | null) => void, lookup: Lookup = systemLookup, now: () => number = () => performance.now()) {
    this.host = typeof host === 'string' ? host : ''
    this.ready = ready
    this.lookup = lookup
    this.now = now
    const known = typeof host !== 'string' ? host : isIP(host) !== 0 ? [host] : LOCAL_NAME.test(host) ? LOOPBACKS : []
    if (known.length === 0) return
    this.addresses = known.map((address) => ({ address, asideUntil: 0 }))
    this.freshUntil = Infinity
  }

  /** True while the first answer is still awaited. */
  get waiting(): boolean {
    return this.pending && this.addresses.length === 0
  }

  /** The next address to connect to; null: none is known, `ready` will tell. Begins a lookup when one is due. */
  next(): Address | null {
    const now = this.now()
    if (now >= this.freshUntil && !this.pending) this.begin(now)
    const count = this.addresses.length
    for (let i = 0; i < count; i++) {
      const one = this.addresses[this.turn++ % count]!
      if (one.asideUntil <= now) return one
    }
    return count === 0 ? null : this.addresses[this.turn++ % count]!
  }

  /** No connection could be made to it. True: another address is worth a try at once. */
  failed(address: Address): boolean {
    const now = this.now()
    address.asideUntil = now + FRESH_MS
    return this.addresses.some((one) => one.asideUntil <= now)
  }

  worked(address: Address): void {
    address.asideUntil = 0
  }

  /** Addresses that were not set aside, at least 1: how many attempts the time to connect must be shared by. */
  get candidates(): number {
    const now = this.now()
    return Math.max(1, this.addresses.filter((one) => one.asideUntil <= now).length)
  }

  /** Ms of the lookup that the caller waited for; NaN when it needed none. */
  takeLookupMs(): number {
    const ms = this.lookupMs
    this.lookupMs = NaN
    return ms
  }

  private begin(startedAt: number): void {
    this.pending = true
    this.lookup(this.host, (problem, found) => {
      const now = this.now()
      const error = problem ?? (found.length === 0 ? Object.assign(new Error('no address'), { code: 'ENODATA' }) : null)
      this.pending = false
      this.lookupMs = this.addresses.length === 0 ? now - startedAt : NaN
      this.freshUntil = now + (error === null ? FRESH_MS : FAILURE_MS)
      this.addresses = found.map((address) => this.addresses.find((old) => old.address === address) ?? { address, asideUntil: 0 })
      this.ready(error)
    })
  }
}
