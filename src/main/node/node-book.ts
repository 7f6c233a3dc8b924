import type { NodeInfo } from '../../shared/cluster.ts'
import { PROTOCOL } from './protocol.ts'

/** Silence after which a node's work is given up, ms. Longer than a node goes on by itself without the cluster. */
const LOST_AFTER_MS = 12_000
/** A pause of our own beyond this must not condemn the others, ms. */
const OWN_PAUSE_MS = 1500

/** The master's book of its nodes: liveness is the change of the beat as seen here, never a timestamp of theirs. */
export class NodeBook {
  readonly #seen = new Map<string, { info: NodeInfo; at: number }>()
  #lookedAt: number | null = null

  /** Before the first look nothing is known of anybody: that is no reason to condemn them. */
  get hasLooked(): boolean {
    return this.#lookedAt !== null
  }

  /** `at`: monotonic, ms. */
  update(nodes: readonly NodeInfo[], at: number): void {
    this.#forgiveOwnPause(at)
    for (const info of nodes) {
      const known = this.#seen.get(info.id)?.info
      if (known?.boot !== info.boot || known.beat !== info.beat) this.#seen.set(info.id, { info, at })
    }
    const present = new Set(nodes.map((node) => node.id))
    for (const id of this.#seen.keys()) if (!present.has(id)) this.#seen.delete(id)
  }

  /** This very boot of the node, unless it has gone or fallen silent. */
  find(id: string, boot: string): NodeInfo | null {
    const seen = this.#seen.get(id)
    return seen === undefined || seen.info.boot !== boot || this.#isSilent(seen.at) ? null : seen.info
  }

  /** Nodes that may be given work. */
  usable(): NodeInfo[] {
    return [...this.#seen.values()]
      .filter((seen) => !this.#isSilent(seen.at))
      .map((seen) => seen.info)
      .filter((info) => info.role !== 'sentinel' && !info.drained && info.protocol.major === PROTOCOL.major)
  }

  #isSilent(at: number): boolean {
    return (this.#lookedAt ?? at) - at > LOST_AFTER_MS
  }

  #forgiveOwnPause(at: number): void {
    const pause = at - (this.#lookedAt ?? at)
    if (pause > OWN_PAUSE_MS) for (const seen of this.#seen.values()) seen.at += pause
    this.#lookedAt = at
  }
}
