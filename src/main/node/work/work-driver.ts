import { availableParallelism, totalmem } from 'node:os'
import type { Manifest, NodeInfo, NodeOrders } from '../../../shared/cluster/cluster.ts'
import type { Acquired, HeartbeatReply } from '../../backend/cluster-state.ts'
import { LeadCandidate } from '../election/candidate.ts'
import type { Carried, CarriedHooks } from './carried.ts'
import { ClockOffset } from './clock-offset.ts'
import { Contact } from './contact.ts'
import type { Vitals, WorkDeps, WorkNodeDriver } from '../driver.ts'
import { PROTOCOL } from '../protocol.ts'
import { admitRun } from './refusal.ts'
import { rounds } from '../rounds.ts'
import { Vigil } from './vigil.ts'
import { WorkBook } from './work-book.ts'

/** How often all clocks are looked at, ms. */
const LOOK_MS = 250
/** A clock that is known as well as this is good enough to begin by, ms; after some tries any is. */
const EXACT_MS = 100
const TRIES = 3
const OWN_ORDERS: NodeOrders = { drained: false, priority: null }

/**
 * The working node's side, for any kind of work: tells about itself once a second, obeys the newest manifest, brings what
 * came out of it to the cluster state. It needs no master to go on, nor to be stopped; the absence of orders is never an
 * order. Out of contact it goes on as long as its lease holds, then it is parked until its orders are confirmed.
 */
export class MemberDriver implements WorkNodeDriver {
  steppedMs = 0
  readonly #deps: WorkDeps
  readonly #book: Carried
  readonly #clock = new ClockOffset()
  readonly #contact: Contact
  readonly #vigil: Vigil
  readonly #candidate: LeadCandidate
  #vitals: Vitals = { cpuPercent: 0, memoryPercent: 0, memoryBytes: totalmem(), cores: availableParallelism(), loopLagMs: 0 }
  #measuring = false
  #measured = false
  #beat = 0
  #applied = { epoch: 0, revision: 0 }
  #token = ''
  #orders = OWN_ORDERS
  /** When a master was last heard of whose orders stood. */
  #orderedAt: number
  #parked = false
  /** When the machine was found to have slept, monotonic: what was asked before says nothing of now. */
  #wokeAt = -Infinity
  /** Runs have to be joined anew, once it is known what time it is. */
  #mustRejoin = false
  #inexact = 0
  #leaving = false
  #beatNow: () => void = () => undefined
  #uploadNow: () => void = () => undefined

  constructor(deps: WorkDeps, carry: (hooks: CarriedHooks) => Carried) {
    const { cluster, timings, monotonic } = deps
    this.#deps = deps
    this.#contact = new Contact(deps, timings)
    this.#vigil = new Vigil(timings)
    this.#orderedAt = monotonic()
    this.#candidate = new LeadCandidate({ cluster, timings, monotonic, self: () => this.info })
    this.#book = carry({
      isShared: this.#contact.isLimited,
      isFresh: (sentAt) => this.#contact.isFresh({ monotonic: sentAt }),
      toLocal: (at) => at - this.#clock.best.offsetMs,
      onChange: () => this.#beatNow(),
      onSample: () => this.#uploadNow(),
      onTrouble: (error) => this.#trouble(error),
    })
  }

  get info(): NodeInfo {
    const { identity, limits } = this.#deps
    const { offsetMs, errorMs } = this.#clock.best
    return {
      ...identity,
      ...this.#vitals,
      priority: this.#orders.priority ?? identity.priority,
      beat: this.#beat,
      protocol: PROTOCOL,
      maxRate: limits.maxRate,
      startedPerSecond: this.#book.startedPerSecond,
      rttMs: 2 * errorMs,
      clockOffsetMs: offsetMs,
      clockErrorMs: errorMs,
      drained: this.#orders.drained || this.#leaving,
      parked: this.#parked,
      maxEpoch: this.#candidate.maxEpoch,
      work: this.#book.reports,
    }
  }

  clusterNow(): number {
    return this.#deps.now() + this.#clock.best.offsetMs
  }

  get watchedMs(): number {
    return this.#vigil.lastsMs(this.#deps.monotonic())
  }

  hasTime(): boolean {
    if (this.#contact.isLimited) this.#look()
    return !this.#mustRejoin
  }

  elapsed(runId: string): number | null {
    return this.#mustRejoin ? null : this.#book.elapsed(runId)
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.work(signal)
    await this.#book.kill()
    await this.#deps.cluster.leave(this.#deps.identity.id, this.#deps.identity.boot).catch(() => undefined) // out of reach: found lost by its silence
  }

  async work(signal: AbortSignal): Promise<void> {
    const { cluster, timings: { heartbeatMs } } = this.#deps
    const every = { everyMs: heartbeatMs, signal, onError: (error: unknown) => this.#trouble(error) }
    await Promise.all([
      rounds(() => this.sendNodeInfo(), {
        ...every,
        nudges: (nudge) => {
          this.#beatNow = nudge
          const silences = [cluster.watch('work', nudge), ...(this.#deps.identity.role === 'auto' ? [cluster.watch('master', nudge)] : [])]
          return () => silences.forEach((silence) => silence())
        },
      }),
      rounds(() => this.#book.upload(), {
        ...every,
        nudges: (nudge) => {
          this.#uploadNow = nudge
          return () => undefined
        },
      }),
      this.#contact.isLimited ? rounds(async () => this.#look(), { ...every, everyMs: LOOK_MS }) : null,
    ])
  }

  async sendNodeInfo(): Promise<void> {
    const beat = (this.#beat += 1)
    this.#measure()
    const sent = this.#contact.mark()
    const reply = await this.#deps.cluster.heartbeat(this.info, this.#applied)
    if (this.#contact.isLimited) this.#look() // A sleep meanwhile would pass for a step of the cluster's clock.
    const isFresh = this.#contact.isFresh(sent) && sent.monotonic >= this.#wokeAt
    const steppedMs = isFresh ? this.#takeTime(sent.now, reply.now) : 0
    this.#vigil.hear({ askedAt: sent.monotonic, at: this.#deps.monotonic(), beat, heardBefore: reply.heardBefore, isSteady: isFresh && steppedMs === 0 })
    // Orders first: what is to be sent is known before more may be sent.
    const hasOrders = this.#hear(reply, sent.monotonic, isFresh)
    if (isFresh && this.#mayGoOn(hasOrders, reply.master !== null) && !this.#mustRejoin) this.#goOn(sent)
  }

  tryBeMaster(remembered: number): Promise<Acquired | null> {
    return this.#candidate.tryBeMaster(remembered)
  }

  onChance(nudge: () => void): () => void {
    return this.#candidate.onChance(nudge)
  }

  async drain(signal: AbortSignal): Promise<void> {
    const { cluster, identity: { id }, timings } = this.#deps
    this.#leaving = true
    this.#candidate.bar(true)
    if (this.#book.isIdle) return
    await cluster.request({ id: `leave ${id}`, op: 'drain', nodeId: id }).catch(() => undefined) // out of reach: its silence will tell
    const idle = new AbortController()
    await rounds(async () => {
      if (this.#book.isIdle) idle.abort()
      else this.#beatNow()
    }, { everyMs: timings.heartbeatMs / 4, signal: AbortSignal.any([signal, idle.signal]), onError: () => undefined })
  }

  suspend(): void {
    this.#candidate.bar(true)
    this.#contact.revoke()
    this.#look()
  }

  resume(): void {
    this.#candidate.bar(this.#leaving)
    this.#beatNow()
  }

  /** True if what this node carries now is what the cluster state wants it to carry. */
  #hear(reply: HeartbeatReply, sentAt: number, isFresh: boolean): boolean {
    this.#candidate.hear(reply, sentAt)
    const isNew = reply.manifest !== null && this.#receiveTask(reply.manifest)
    this.#book.obeyStops(reply.stops)
    if (isFresh) this.#book.hearAccepted(reply.accepted, sentAt)
    return isNew || reply.confirmed
  }

  /** Only forward: an epoch has one token, within it revisions rise, and this boot's manifests only. */
  #receiveTask(manifest: Manifest): boolean {
    const { epoch, revision, token, boot, orders } = manifest
    if (boot !== this.#deps.identity.boot || epoch < this.#applied.epoch) return false
    if (epoch === this.#applied.epoch && (revision <= this.#applied.revision || token !== this.#token)) return false
    this.#applied = { epoch, revision }
    this.#token = token
    this.#orders = orders
    this.#candidate.knows(epoch)
    this.#book.obey(manifest, this.#applied)
    this.#beatNow()
    return true
  }

  /** Once parked, only orders that stand set it going again: meanwhile its work may have become somebody else's. */
  #mayGoOn(hasOrders: boolean, hasMaster: boolean): boolean {
    const { monotonic, timings: { ordersMs, runLeaseMs } } = this.#deps
    const isBound = this.#book.carries
    if (!isBound || (hasOrders && hasMaster)) this.#orderedAt = monotonic()
    const isInTime = monotonic() - this.#orderedAt < ordersMs - runLeaseMs
    return isInTime && (hasOrders || !this.#parked || !isBound)
  }

  #goOn(sent: ReturnType<Contact['mark']>): void {
    this.#contact.renew(sent)
    this.#book.extendLease(this.#contact.untilMs)
    if (this.#parked) this.#park(false)
  }

  #look(): void {
    const { isOver, slept } = this.#contact.look()
    if (slept) this.#wakeUp()
    if ((isOver || slept) && !this.#parked) this.#park(true)
  }

  /** The monotonic clock stood still meanwhile: neither the cluster's clock nor that of a run is what it seems to be. */
  #wakeUp(): void {
    this.#contact.revoke()
    this.#vigil.break()
    this.#clock.reset()
    this.#wokeAt = this.#deps.monotonic()
    this.#mustRejoin = true
    this.#beatNow()
  }

  /** Answers with how far the cluster's clock was set, ms. */
  #takeTime(askedAt: number, clusterNow: number): number {
    const steppedMs = this.#clock.add(askedAt, clusterNow, this.#deps.now())
    this.steppedMs += steppedMs
    if (this.#mustRejoin) this.#rejoin()
    return steppedMs
  }

  /** By how much the clock is wrong now, a run would be out of step until its end. */
  #rejoin(): void {
    if (this.#clock.best.errorMs > EXACT_MS && ++this.#inexact < TRIES) return this.#beatNow()
    this.#inexact = 0
    this.#mustRejoin = false
    this.#book.rejoin()
  }

  #park(parked: boolean): void {
    this.#parked = parked
    if (parked) this.#book.extendLease(0)
    const { carries } = this.#book
    if (carries && parked) this.#deps.onNotice({ id: 'contact', level: 'bad', text: 'Cut off from the cluster: this node sends nothing until it is back.' })
    if (carries && !parked) this.#deps.onNotice({ id: 'contact', level: 'info', text: 'Back in the cluster: this node goes on.' })
    this.#beatNow()
  }

  /** In the background: a heartbeat never waits for a measurement. */
  #measure(): void {
    if (this.#measuring) return
    this.#measuring = true
    this.#deps.vitals(!this.#book.isIdle).then((vitals) => this.#takeVitals(vitals), () => undefined).finally(() => (this.#measuring = false))
  }

  /** With the first ones, what the others know of this machine becomes true. */
  #takeVitals(vitals: Vitals): void {
    this.#vitals = vitals
    if (!this.#measured) this.#beatNow()
    this.#measured = true
  }

  #trouble(error: unknown): void {
    this.#deps.onNotice({ id: 'cluster', level: 'warn', text: `The cluster state is out of reach: ${error instanceof Error ? error.message : String(error)}` })
  }
}

/** Carries the runs of load tests. */
export class StressWorkDriver extends MemberDriver {
  constructor(deps: WorkDeps) {
    const { cluster, engine, threads, now, monotonic, identity: { id, name, boot }, limits, admit } = deps
    super(deps, (hooks) => new WorkBook({ ...hooks, cluster, engine, threads, now, monotonic, nodeId: id, boot, maxInFlight: () => limits.maxInFlight, admit: (assignment) => admitRun({ name, limits, admit }, assignment) }))
  }
}
