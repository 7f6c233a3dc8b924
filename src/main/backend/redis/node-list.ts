import { createHash } from 'node:crypto'
import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import { pairsOf, textOf } from './replies.ts'
import { nodeShape } from './shapes.ts'
import type { Vault } from './vault.ts'

/** A node that has said nothing new for so long, as seen from here, is struck off the list, ms. */
const REAP_AFTER_MS = 600_000

interface Seen {
  raw: string
  info: NodeInfo | null
  /** When it said this first, monotonic ms. */
  at: number
}

/** What the nodes said last. Only what has changed since the last look is opened again. */
export class NodeList {
  readonly #vault: Vault
  #seen = new Map<string, Seen>()

  constructor(vault: Vault) {
    this.#vault = vault
  }

  /** `reply`: all of the nodes' hash. `now`: monotonic, ms. */
  read(reply: unknown, now: number): NodeInfo[] {
    const before = this.#seen
    this.#seen = new Map(pairsOf(reply).map(([id, value]) => {
      const raw = textOf(value)
      const known = before.get(id)
      return [id, known?.raw === raw ? known : { raw, info: this.open(id, raw), at: now }]
    }))
    return [...this.#seen.values()].flatMap(({ info }) => info ?? [])
  }

  /** Node and fingerprint of its entry, alternating, for all that are to be struck off. */
  longSilent(now: number): string[] {
    return [...this.#seen].filter(([, { at }]) => now - at > REAP_AFTER_MS).flatMap(([id, { raw }]) => [id, createHash('sha1').update(raw).digest('hex')])
  }

  /** `raw`: what stands there for the node; '' for nothing. */
  open(id: string, raw: string): NodeInfo | null {
    return this.#vault.open<NodeInfo>('node', nodePlace(id), raw, nodeShape, (info) => info.id === id)
  }
}

export function nodePlace(id: string): string {
  return `nodes/${id}`
}
