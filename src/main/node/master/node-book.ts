import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { Commit, Member } from '../../backend/cluster-state.ts'
import { bootKey } from '../boot-key.ts'
import { PROTOCOL } from '../protocol.ts'
import type { Timings } from '../timings.ts'

/** A pause of our own beyond this must not condemn the others, ms. */
const OWN_PAUSE_MS = 1500
/** A list that was lost is whole again after each node's next beat: only who is missing for longer has left, ms. */
const ABSENT_MS = 1500
/** A node that was lost so often within this time is given no more load for a while. */
const FLAPPING = { losses: 3, withinMs: 60_000, quarantineMs: 300_000 }
/** Former boots that are still known. */
const REMEMBERED = 10_000

interface Seen {
  info: NodeInfo
  /** When its beat was last seen to move, monotonic ms. */
  movedAt: number
  connected: boolean | null
  /** Since when it is not on the list, monotonic ms; null: it is. */
  absentSince: number | null
  /** A user says that it is dead. */
  writtenOff: boolean
}

/**
 * `here`: heard of lately. `silent`: not lately, but it may still be sending. `lost`: it surely sends nothing any more.
 * `gone`: it has left, or was started anew.
 */
export type Fate = 'here' | 'silent' | 'lost' | 'gone'

/** The master's book of its nodes: liveness is the change of the beat as seen here, never a timestamp of theirs. */
export class NodeBook {
  readonly #timings: Pick<Timings, 'lostAfterMs' | 'goneAfterMs'>
  readonly #silentBefore: (info: NodeInfo) => number
  readonly #seen = new Map<string, Seen>()
  /** Boots that this master knew and that are not on the list any more. */
  readonly #gone = new Set<string>()
  readonly #losses = new Map<string, number[]>()
  /** Counts changes of who is there and what they take. */
  version = 0
  #firstLookAt: number | null = null
  #lookedAt: number | null = null

  /** `silentBefore`: how long a node that is seen for the first time has said nothing else already, ms. */
  constructor(timings: Pick<Timings, 'lostAfterMs' | 'goneAfterMs'>, silentBefore: (info: NodeInfo) => number = () => 0) {
    this.#timings = timings
    this.#silentBefore = silentBefore
  }

  /** Before the first look nothing is known of anybody: that is no reason to condemn them. */
  get hasLooked(): boolean {
    return this.#lookedAt !== null
  }

  /** When the list was looked at last, monotonic ms. */
  get lookedAt(): number {
    return this.#lookedAt ?? 0
  }

  /** How many are on the list. */
  get size(): number {
    return this.#seen.size
  }

  /** `at`: monotonic, ms. */
  update(members: readonly Member[], at: number): void {
    this.#forgiveOwnPause(at)
    for (const member of members) this.#see(member, at)
    const present = new Set(members.map(({ info }) => info.id))
    for (const [id, seen] of this.#seen) if (!present.has(id)) this.#notice(id, seen, at)
  }

  /** Everybody on the list who could carry load some time. */
  known(): NodeInfo[] {
    return [...this.#seen.values()].map(({ info }) => info).filter(isWorker)
  }

  /** The same, with how long each has been silent. */
  sightings(): { info: NodeInfo; silentMs: number }[] {
    return [...this.#seen.values()].filter(({ info }) => isWorker(info)).map((seen) => ({ info: seen.info, silentMs: this.#silenceOf(seen) }))
  }

  /** What this very boot of a node said last. */
  find(id: string, boot: string): NodeInfo | null {
    const info = this.#seen.get(id)?.info
    return info?.boot === boot ? info : null
  }

  /** The newest boot of a node. */
  named(id: string): NodeInfo | null {
    return this.#seen.get(id)?.info ?? null
  }

  /** What has become of this boot of a node. */
  fate(id: string, boot: string): Fate {
    const seen = this.#seen.get(id)
    if (seen?.info.boot === boot) return this.#fateOf(seen)
    if (seen !== undefined || this.#gone.has(bootKey({ nodeId: id, boot }))) return 'gone'
    return (this.#lookedAt ?? 0) - (this.#firstLookAt ?? 0) > this.#timings.lostAfterMs ? 'gone' : 'silent' // Of a former master's: it may not have found the way back to the list yet.
  }

  /** Nodes that may be given load. */
  usable(): NodeInfo[] {
    return [...this.#seen.values()].filter((seen) => this.#fateOf(seen) === 'here').map(({ info }) => info).filter((info) => isWorker(info) && !info.drained && !this.#isFlapping(info.id))
  }

  /** Nodes on the list that are lost, as they are to be taken off it: only if they have not moved since. */
  lost(): Commit['removed'] {
    return [...this.#seen.values()].filter((seen) => this.#fateOf(seen) === 'lost').map(({ info: { id, boot, beat } }) => ({ nodeId: id, boot, beat }))
  }

  /** It gave a sign of life that this book does not know of yet. */
  acquit(id: string): void {
    const seen = this.#seen.get(id)
    if (seen !== undefined) Object.assign(seen, { movedAt: this.#lookedAt ?? 0, writtenOff: false })
  }

  /** A user says that a node is dead. Believed of one that is silent; false: it is not. */
  writeOff(id: string): boolean {
    const seen = this.#seen.get(id)
    if (seen === undefined || this.#silenceOf(seen) < this.#timings.goneAfterMs) return false
    seen.writtenOff = true
    return true
  }

  /** Its work was given up. */
  countLoss(id: string): void {
    const since = (this.#lookedAt ?? 0) - FLAPPING.quarantineMs
    this.#losses.set(id, [...(this.#losses.get(id) ?? []).filter((at) => at > since), this.#lookedAt ?? 0])
  }

  #see({ info, connected }: Member, at: number): void {
    const before = this.#seen.get(info.id)
    if (before !== undefined && isOfFormerLife(info, before.info) && this.#silenceOf(before) < this.#timings.goneAfterMs) return // its last words, late
    if (before?.info.boot === info.boot && before.info.beat === info.beat) {
      Object.assign(before, { connected, absentSince: null })
      return
    }
    if (before !== undefined && before.info.boot !== info.boot) {
      this.#miss(info.id, before.info)
      this.countLoss(info.id)
    }
    if (before?.info.boot !== info.boot || before.info.drained !== info.drained || before.info.maxRate !== info.maxRate || this.#fateOf(before) !== 'here') this.version += 1
    this.#gone.delete(bootKey({ nodeId: info.id, boot: info.boot }))
    this.#seen.set(info.id, { info, movedAt: before === undefined ? at - this.#silentBefore(info) : at, connected, absentSince: null, writtenOff: false })
  }

  #notice(id: string, seen: Seen, at: number): void {
    seen.absentSince ??= at
    if (at - seen.absentSince >= ABSENT_MS) this.#miss(id, seen.info)
  }

  #miss(id: string, { boot }: NodeInfo): void {
    this.version += 1
    this.#seen.delete(id)
    this.#gone.add(bootKey({ nodeId: id, boot }))
    const oldest = this.#gone.values().next().value
    if (this.#gone.size > REMEMBERED && oldest !== undefined) this.#gone.delete(oldest)
  }

  #fateOf(seen: Seen): Exclude<Fate, 'gone'> {
    const silence = this.#silenceOf(seen)
    if (silence < this.#timings.goneAfterMs) return 'here'
    return silence > this.#timings.lostAfterMs || seen.connected === false || seen.writtenOff ? 'lost' : 'silent'
  }

  #silenceOf({ movedAt }: Seen): number {
    return (this.#lookedAt ?? movedAt) - movedAt
  }

  #isFlapping(id: string): boolean {
    const losses = this.#losses.get(id) ?? []
    const now = this.#lookedAt ?? 0
    return losses.some((at, index) => (losses[index + FLAPPING.losses - 1] ?? Infinity) - at <= FLAPPING.withinMs) && now - (losses.at(-1) ?? 0) < FLAPPING.quarantineMs
  }

  #forgiveOwnPause(at: number): void {
    const pause = at - (this.#lookedAt ?? at)
    if (pause > OWN_PAUSE_MS) {
      for (const seen of this.#seen.values()) seen.movedAt += pause
      if (this.#firstLookAt !== null) this.#firstLookAt += pause
    }
    this.#firstLookAt ??= at
    this.#lookedAt = at
  }
}

/** By the clock of its machine. Should that have been set back, the younger one is believed once the other is silent. */
function isOfFormerLife({ boot, startedAt = 0 }: NodeInfo, known: NodeInfo): boolean {
  return boot !== known.boot && startedAt < (known.startedAt ?? 0)
}

function isWorker({ role, protocol }: NodeInfo): boolean {
  return role !== 'sentinel' && protocol.major === PROTOCOL.major
}
