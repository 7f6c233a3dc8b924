import { bytesFromJson, bytesToJson } from '../base64.ts'
import type { RunTotals } from './run.ts'
import { ErrorGroups } from './error-groups.ts'
import { AppError } from '../errors.ts'
import { distributionOf, statMs } from './figures.ts'
import { roundedRate } from '../format.ts'
import { HealthRanges, type HealthRange } from './health-ranges.ts'
import { Histogram, readCells } from './histogram.ts'
import { arrivalsBetween, plannedTotal, type LoadPlan } from '../task/load.ts'
import { addSample, ledgerOf, newNodeTotal, type NodeTotal } from './node-total.ts'
import { timesOf, type MergedSecond, type SavedSecond } from './open-second.ts'
import { OpenSeconds } from './open-seconds.ts'
import { recentTotals } from './recent-totals.ts'
import { achievedRate, plannedRate, sendingEndMs, targetRate, type RateBasis } from '../task/run-rates.ts'
import type { Sample } from './sample.ts'
import { Shortfall, type SavedShortfall } from './shortfall.ts'
import type { ErrorGroup, Ledger, Point, RunEvent, StepResult, Summary, ThresholdResult } from './summary.ts'
import { checkLabels } from '../task/steps.ts'
import type { TaskSpec } from '../task/task.ts'
import type { StepTotal } from './step-total.ts'
import { TallyTotal, TIMES, type SavedTotal, type TimeName } from './tally-total.ts'
import type { ThresholdFigures } from '../task/threshold.ts'
import { figuresOf, ThresholdWatch } from './threshold-watch.ts'

const RECENT_SECONDS = 5
/** Of a step that no iteration has come to. */
const NO_STEP: StepTotal = { requests: 0, failed: 0, response: new Histogram(), service: new Histogram() }

/** Everything but the load, as {@link RunAggregate.serialize} writes it. */
interface Saved {
  total: SavedTotal
  errors: ErrorGroup[]
  health: HealthRange[]
  failingSinceMs: (number | null)[]
  nodes: [string, NodeTotal][]
  open: [number, SavedSecond][]
  shortfall: SavedShortfall
  told: number
  overSince: { second: number; count: number } | null
  recent: MergedSecond[]
  next: number
  late: number
  stopAtMs: number | null
  endedAtMs: number | null
  events: RunEvent[]
}

/**
 * The measured state of one run, merged over its nodes: counts are exact, percentiles come from merged histograms.
 *
 * A sample counts in the totals as soon as it is added, a second becomes a {@link Point} when it is closed. What comes
 * after its second was closed counts in the totals only. Samples must be given once each: telling new from repeated is
 * the collector's business.
 */
export class RunAggregate {
  readonly #expressions: string[]
  readonly #stepNames: string[]
  #load: LoadPlan
  #total = new TallyTotal()
  #errors = new ErrorGroups()
  #health = new HealthRanges()
  #watch: ThresholdWatch
  #nodes = new Map<string, NodeTotal>()
  #open = new OpenSeconds()
  #shortfall = new Shortfall()
  /** Arrivals that the nodes say were due with them, warm-up included. */
  #told = 0
  /** The seconds on end, up to the last one closed, in which more was executed than was due. */
  #overSince: { second: number; count: number } | null = null
  #recent: MergedSecond[] = []
  /** First second not closed. */
  #next = 0
  /** Completed in seconds after the last one in which anything was due. */
  #late = 0
  #stopAtMs: number | null = null
  #endedAtMs: number | null = null
  #events: RunEvent[] = []

  constructor(spec: TaskSpec, load: LoadPlan) {
    this.#expressions = checkLabels(spec)
    this.#stepNames = spec.steps?.map(({ name }) => name) ?? []
    this.#watch = new ThresholdWatch(spec.thresholds)
    this.#load = load
  }

  /** Throws AppError `bad-input` for a sample with damaged histograms; nothing of it is counted then. */
  add(nodeId: string, sample: Sample): void {
    const { second, tally, warmup } = sample
    if (warmup !== null) for (const name of TIMES) readCells(warmup[name])
    const cells = this.#total.add(tally)
    addSample(this.#node(nodeId), sample)
    if (second * 1000 >= sendingEndMs(this.#load, this.#stopAtMs)) this.#late += tally.completed
    this.#errors.add(tally.errors, Math.max(second * 1000, this.#load.warmupMs))
    this.#errors.keep(sample.errorSamples.filter(({ atMs }) => atMs >= this.#load.warmupMs).map((failed) => ({ ...failed, nodeId })))
    for (const { atMs, kind, detail } of this.#health.add(nodeId, second, sample.problems)) {
      this.#events.push({ atMs, kind: 'generator-problem', detail: { node: nodeId, kind, detail } })
    }
    const planned = plannedOf(sample)
    this.#told += planned
    if (second < this.#next) this.#shortfall.tellLate(second, planned)
    else this.#open.of(second).add(nodeId, sample, cells)
  }

  /**
   * Merges what has come of a second and judges the thresholds. A node that is missing is left out. `toldPart`: the part
   * of all arrivals that belongs to those that are there; only where arrivals are random, which cannot be counted.
   */
  closeSecond(second: number, toldPart = 1): Point {
    const target = plannedRate(this.#load, this.#stopAtMs, second * 1000, (second + 1) * 1000) ?? 0
    const warmup = (second + 1) * 1000 <= this.#load.warmupMs
    this.#account(second, toldPart)
    const merged = this.#open.close({ second, warmup, target: roundedRate(target) })
    this.#next = Math.max(this.#next, second + 1)
    this.#recent = [...this.#recent, merged].slice(-RECENT_SECONDS)
    if (!warmup) this.#events.push(...this.#watch.judge(this.#figures(), merged.point.atMs))
    return merged.point
  }

  /** The course was changed: takes effect for seconds closed from now on. */
  setLoad(load: LoadPlan): void {
    this.#load = load
  }

  /** A stop was ordered for an instant of the run. */
  stop(atMs: number): void {
    this.#stopAtMs = atMs
  }

  /** The run has ended, answers included, at this instant of the run. Later calls change nothing. */
  end(atMs: number): void {
    if (this.#endedAtMs !== null) return
    const sendingMs = Math.min(atMs, sendingEndMs(this.#load, this.#stopAtMs))
    for (let second = this.#next; second * 1000 < sendingMs; second++) this.#account(second, this.#open.has(second) ? 1 : 0)
    this.#endedAtMs = atMs
    if (this.#stopAtMs !== null) this.#shortfall.stopIn(Math.floor(this.#stopAtMs / 1000))
    else if (atMs >= sendingMs) this.#countRandom()
    this.#tellOver()
  }

  /** Nothing more is heard of a node. */
  loseNode(nodeId: string, atMs: number): void {
    this.#node(nodeId).lostAtMs = atMs
  }

  /** A node that was given up is back. */
  regainNode(nodeId: string): void {
    this.#node(nodeId).lostAtMs = null
  }

  /** Seconds of a node are missing that will never come. */
  markGap(nodeId: string): void {
    this.#node(nodeId).gap = true
  }

  ledger(): Ledger {
    return ledgerOf(this.#nodes.values(), this.#shortfall.lost, this.#endedAtMs !== null)
  }

  /** Arrivals executed beyond those that were due: two nodes executed the same ones, or stopped late. */
  get overload(): number {
    return this.#shortfall.over
  }

  /** The whole run so far, after the warm-up. */
  totals(): RunTotals {
    const { planned, started, completed, failed, dropped } = this.ledger()
    const { response, service, lag } = this.#total.times
    return {
      ...this.rates(),
      planned, started, completed, failed, dropped,
      errorRate: completed === 0 ? null : failed / completed,
      ...timesOf(response, service, lag),
      inFlight: this.#recent.at(-1)?.point.inFlight ?? 0,
      bytesReceived: this.#total.counts.bytesReceived,
    }
  }

  /** The last 5 closed seconds, warm-up included; the whole run when it has ended. */
  recent(): RunTotals {
    if (this.#endedAtMs !== null || this.#recent.length === 0) return this.totals()
    return recentTotals(this.#recent, this.#load.model === 'open')
  }

  /** The part that failed of what completed in the same seconds, 0 … 1; null before so many are closed, and where nothing completed. */
  recentErrorRate(): number | null {
    if (this.#recent.length < RECENT_SECONDS) return null
    const sum = (of: 'completed' | 'failed'): number => this.#recent.reduce((all, { point }) => all + point[of], 0)
    const completed = sum('completed')
    return completed === 0 ? null : sum('failed') / completed
  }

  /** Rates of the run so far, after the warm-up, rounded as shown. */
  rates(): { targetRate: number | null; achievedRate: number } {
    const target = targetRate(this.#basis())
    return { targetRate: target === null ? null : roundedRate(target), achievedRate: roundedRate(achievedRate(this.#basis())) }
  }

  /** Groups of failures, most frequent first. */
  errors(): ErrorGroup[] {
    return this.#errors.list()
  }

  statusCodes(): Record<string, number> {
    return { ...this.#total.statuses }
  }

  checks(): { expression: string; passed: number; failed: number }[] {
    return this.#expressions.map((expression, i) => ({ expression, passed: 0, failed: 0, ...this.#total.checks[i] }))
  }

  /** Of answers that were streams; null if none was. */
  stream(): Summary['stream'] | null {
    const { stream } = this.#total
    return stream === null ? null : { chunks: stream.chunks, firstChunk: distributionOf(stream.firstChunk), gap: distributionOf(stream.gap) }
  }

  /** Empty for a task without steps. */
  steps(): StepResult[] {
    return this.#stepNames.map((name, i) => {
      const { requests, failed, response, service } = this.#total.steps[i] ?? NO_STEP
      return { name, requests, failed, responseTime: distributionOf(response), serviceTime: distributionOf(service) }
    })
  }

  thresholds(): ThresholdResult[] {
    return this.#watch.results(this.#figures(), this.#endedAtMs !== null)
  }

  /** A threshold fails, as far as the run is. */
  get isFailing(): boolean {
    return this.#watch.isFailing
  }

  /** Problems of the generators, in the order in which they began. */
  health(): HealthRange[] {
    return this.#health.list().sort((a, b) => a.atMs - b.atMs)
  }

  nodes(): ReadonlyMap<string, Readonly<NodeTotal>> {
    return this.#nodes
  }

  time(name: TimeName): Histogram {
    return this.#total.times[name]
  }

  sent(): { requests: number; bytesSent: number; bytesReceived: number } {
    const { requests, bytesSent, bytesReceived } = this.#total.counts
    return { requests, bytesSent, bytesReceived }
  }

  /** How far the run is, ms: its end, or the last closed second. */
  get atMs(): number {
    return this.#endedAtMs ?? this.#next * 1000
  }

  get ended(): boolean {
    return this.#endedAtMs !== null
  }

  /** When the run was ordered to stop, ms of the run; null if it was not. */
  get stoppedAtMs(): number | null {
    return this.#stopAtMs
  }

  get load(): LoadPlan {
    return this.#load
  }

  /** What thresholds and generators have had happen since the last call. */
  takeEvents(): RunEvent[] {
    return this.#events.splice(0)
  }

  /** The whole state but for the load, as text: another master goes on with it. */
  serialize(): string {
    return bytesToJson({
      total: this.#total.save(), errors: this.#errors.list(), health: this.#health.list(), failingSinceMs: this.#watch.save(),
      nodes: [...this.#nodes], open: this.#open.save(), shortfall: this.#shortfall.save(), told: this.#told, overSince: this.#overSince, recent: this.#recent, next: this.#next, late: this.#late,
      stopAtMs: this.#stopAtMs, endedAtMs: this.#endedAtMs, events: this.#events,
    } satisfies Saved)
  }

  /** Throws AppError `bad-input` for a text that {@link serialize} did not write. */
  static restore(spec: TaskSpec, load: LoadPlan, json: string): RunAggregate {
    const aggregate = new RunAggregate(spec, load)
    try {
      aggregate.#take(bytesFromJson(json) as Saved, spec)
    } catch (cause) {
      throw new AppError('bad-input', 'The saved state of the run is damaged.', { cause })
    }
    return aggregate
  }

  #take(saved: Saved, spec: TaskSpec): void {
    this.#total = TallyTotal.restore(saved.total)
    this.#errors = ErrorGroups.restore(saved.errors)
    this.#health = HealthRanges.restore(saved.health)
    this.#watch = new ThresholdWatch(spec.thresholds, saved.failingSinceMs)
    this.#nodes = new Map(saved.nodes)
    this.#open = OpenSeconds.restore(saved.open)
    this.#shortfall = new Shortfall(saved.shortfall)
    this.#told = saved.told
    this.#overSince = saved.overSince
    this.#recent = saved.recent
    this.#next = saved.next
    this.#late = saved.late
    this.#stopAtMs = saved.stopAtMs
    this.#endedAtMs = saved.endedAtMs
    this.#events = saved.events
  }

  /** Sets what the nodes were told of a second against what was due in it. */
  #account(second: number, toldPart: number): void {
    if (this.#load.model === 'closed') return
    const told = this.#open.dueIn(second)
    const due = this.#dueIn(second)
    // Whoever heard of the stop a moment late has not sent what was not wanted.
    if (this.#stopAtMs !== null && (second + 1) * 1000 > this.#stopAtMs) due.all = Math.max(due.all, told)
    const random = this.#load.arrivals === 'poisson'
    const over = this.#shortfall.close(second, random ? { ...due, all: told + Math.round(due.all * (1 - toldPart)) } : due, told)
    if (over === 0) return this.#tellOver()
    this.#overSince = { second: this.#overSince?.second ?? second, count: (this.#overSince?.count ?? 0) + over }
  }

  #dueIn(second: number): { all: number; judged: number } {
    if (this.#load.model === 'closed') return { all: 0, judged: 0 }
    const { profile, warmupMs } = this.#load
    const toMs = Math.min((second + 1) * 1000, this.#stopAtMs ?? Infinity)
    const between = (fromMs: number): number => {
      const { first, end } = arrivalsBetween(profile, fromMs, Math.max(fromMs, toMs))
      return end - first
    }
    return { all: between(second * 1000), judged: between(Math.max(second * 1000, warmupMs)) }
  }

  /** How many random arrivals fall into a second nobody knows, but the run has a certain number of them. */
  #countRandom(): void {
    if (this.#load.model === 'open' && this.#load.arrivals === 'poisson' && this.#load.warmupMs === 0) this.#shortfall = Shortfall.of(plannedTotal(this.#load.profile) - this.#told)
  }

  #tellOver(): void {
    const over = this.#overSince
    this.#overSince = null
    if (over !== null) this.#events.push({ atMs: over.second * 1000, kind: 'overload', detail: { count: over.count } })
  }

  #node(nodeId: string): NodeTotal {
    const node = this.#nodes.get(nodeId) ?? newNodeTotal()
    this.#nodes.set(nodeId, node)
    return node
  }

  #basis(): RateBasis {
    const completed = this.#total.counts.completed - (this.ended ? 0 : this.#open.completed)
    const fastestMs = statMs(this.#total.times.response, 'min') ?? 0
    return { load: this.#load, stopAtMs: this.#stopAtMs, atMs: this.atMs, ended: this.ended, completed, late: Math.min(this.#late, completed), fastestMs }
  }

  #figures(): ThresholdFigures {
    const basis = this.#basis()
    const target = targetRate(basis)
    return figuresOf(this.#total, target === null || target === 0 ? null : achievedRate(basis) / target)
  }
}

function plannedOf({ tally, warmup }: Sample): number {
  return tally.planned + (warmup?.planned ?? 0)
}
