import type { NodeInfo } from '../../shared/cluster/cluster.ts'

/** A beat comes once a second; without one for so long a node is lost, ms. */
const LOST_AFTER_MS = 5000
/** A node that goes without having been silent before has left in order, and is not missed, ms. */
const SILENT_MS = 2500
/** How long a lost node stays on the list, ms. */
const REMEMBERED_MS = 600_000
/** Former nodes of which the name is still known. */
const REMEMBERED = 1000

interface Known {
  info: NodeInfo
  /** When its beat was last seen to move, monotonic ms. */
  movedAt: number
  /** The cluster state has struck it off. */
  gone: boolean
}

/** Who was there, as seen by looking now and then: tells the silent from the lost, and the lost from those that left. */
export class NodeMemory {
  readonly #known = new Map<string, Known>()
  /** Of nodes that are no longer known. */
  readonly #former = new Map<string, NodeInfo>()

  /** `unseenMs`: of the time since the last look, what nobody was watched in. */
  see(nodes: readonly NodeInfo[], now: number, unseenMs: number): void {
    for (const known of this.#known.values()) known.movedAt = Math.min(now, known.movedAt + unseenMs)
    for (const info of nodes) this.#hear(info, now)
    const present = new Set(nodes.map(({ id }) => id))
    for (const [id, known] of this.#known) if (!present.has(id)) this.#miss(id, known, now)
  }

  /** `silentMs`: null while it counts as heard. */
  all(now: number): { info: NodeInfo; silentMs: number | null }[] {
    return [...this.#known.values()].map(({ info, movedAt, gone }) => ({ info, silentMs: gone || now - movedAt >= LOST_AFTER_MS ? Math.round(now - movedAt) : null }))
  }

  find(id: string): NodeInfo | undefined {
    return this.#known.get(id)?.info ?? this.#former.get(id)
  }

  forget(id: string): void {
    const known = this.#known.get(id)
    if (known === undefined) return
    this.#known.delete(id)
    this.#former.set(id, known.info)
    const oldest = this.#former.keys().next().value
    if (this.#former.size > REMEMBERED && oldest !== undefined) this.#former.delete(oldest)
  }

  #hear(info: NodeInfo, now: number): void {
    const known = this.#known.get(info.id)
    const moved = known === undefined || !isSame(known.info, info)
    if (!moved && now - known.movedAt > REMEMBERED_MS) return this.forget(info.id)
    const former = this.#former.get(info.id)
    if (known === undefined && former !== undefined && isSame(former, info)) return // was taken off the list, and has said nothing since
    this.#known.set(info.id, { info, movedAt: moved ? now : known.movedAt, gone: false })
  }

  #miss(id: string, known: Known, now: number): void {
    const silentMs = now - known.movedAt
    if (silentMs < SILENT_MS || silentMs > REMEMBERED_MS) return this.forget(id)
    known.gone = true
  }
}

function isSame(one: NodeInfo, other: NodeInfo): boolean {
  return one.boot === other.boot && one.beat === other.beat
}
