import dns from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { isIPv6 } from 'node:net'
import type { LookupFunction } from 'node:net'

/** How long an answer and a failure are good for, ms. */
const FRESH_MS = 30_000
const FAILURE_MS = 1_000

interface Entry {
  addresses: Promise<LookupAddress[]>
  freshUntil: number
}

/** The `lookup` of a lane's sockets: one question per name at a time, so that thousands of connects are not thousands of lookups. */
export function cachedLookup(): LookupFunction {
  const entries = new Map<string, Entry>()
  return (host, options, done) => {
    const known = entries.get(host)
    const entry = known !== undefined && performance.now() < known.freshUntil ? known : ask(host)
    entries.set(host, entry)
    entry.addresses.then(
      (addresses) => (options.all === true ? done(null, addresses) : done(null, addresses[0]!.address, addresses[0]!.family)),
      (error: NodeJS.ErrnoException) => done(error, []),
    )
  }
}

/** A `lookup` that has only one answer. */
export function lookupOf(addresses: readonly string[]): LookupFunction {
  const known = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_host, options, done) => (options.all === true ? done(null, known) : done(null, known[0]!.address, known[0]!.family))
}

function ask(host: string): Entry {
  const entry: Entry = { addresses: dns.promises.lookup(host, { all: true, order: 'verbatim' }), freshUntil: performance.now() + FRESH_MS }
  entry.addresses.catch(() => (entry.freshUntil = performance.now() + FAILURE_MS))
  return entry
}
