import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Share } from '../../shared/cluster.ts'
import { AppError } from '../../shared/errors.ts'
import type { ClosedLoad, LoadProfile, OpenLoad } from '../../shared/load.ts'
import type { Sample } from '../../shared/sample.ts'
import { measure, split, subdivide } from '../../shared/split.ts'
import { closedPart } from './feed.ts'
import { chooseLane } from './lane-choice.ts'
import type { Engine, EnginePlan, EngineRun, LaneChoice } from './plan.ts'
import { SampleStream } from './sample-stream.ts'
import { ThreadMerger } from './thread-merger.ts'
import { compileRequest } from './template.ts'
import type { Order, Report, ThreadPlan } from './thread-messages.ts'
import { peakRate } from './warm-up.ts'

/** What one engine thread can send, per second, with room to spare. */
const RATE_PER_THREAD = 25_000
/** Virtual users of the closed model that keep one thread busy. */
const USERS_PER_THREAD = 50
/** Bounds, not reservations: a thread that leaks must die, and the run with it, before the machine does. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 8 }
/** So much later than now does a run begin whose instant has passed, so that every thread hears of it in time. */
const HANDOVER_MS = 5

/** @param entries of the thread scripts; they differ between source tree and build. */
export function createEngine(entries: { thread: URL; ticker: URL }): Engine {
  return {
    async prepare(plan) {
      compileRequest(plan.spec)
      const run = new ThreadedRun(plan, entries)
      await run.ready()
      return run
    },
  }
}

/** Engine threads for a plan: as asked, or by rate and cores; never more than connections. */
export function threadsFor({ threads, load, share }: Pick<EnginePlan, 'threads' | 'load' | 'share'>, cores: number = availableParallelism()): number {
  const connections = Math.max(1, load.model === 'closed' ? closedPart(load, share).connections : load.maxConnections)
  if (threads > 0) return Math.min(threads, connections)
  const needed = load.model === 'closed' ? connections / USERS_PER_THREAD : (peakRate(load) * measure(share)) / RATE_PER_THREAD
  return Math.max(1, Math.min(cores - 1, Math.ceil(needed), connections))
}

class ThreadedRun implements EngineRun {
  readonly lane: LaneChoice
  readonly threads: number
  readonly #workers: Worker[]
  readonly #merger: ThreadMerger
  readonly #stream = new SampleStream()
  readonly #readiness: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }[]
  /** Threads that have sent their last second. */
  readonly #ended: boolean[] = []
  #prepared = false
  #over = false

  constructor(plan: EnginePlan, entries: { thread: URL; ticker: URL }) {
    this.lane = chooseLane(plan.spec)
    this.threads = threadsFor(plan)
    this.#merger = new ThreadMerger(plan.runId, this.threads, processCpuMeter())
    this.#readiness = Array.from({ length: this.threads }, () => Promise.withResolvers<void>())
    const plans = threadPlans(plan, this.threads, this.lane, entries.ticker)
    this.#workers = plans.map((workerData, index) => this.#start(entries.thread, workerData, index))
  }

  /** Throws AppError: what a thread refused, or `cannot-start`. */
  async ready(): Promise<void> {
    try {
      await Promise.all(this.#readiness.map(({ promise }) => promise))
      this.#prepared = true
    } catch (error) {
      await this.kill()
      throw error
    }
  }

  begin(startAt: number): void {
    const inMs = Math.max(HANDOVER_MS, startAt - Date.now())
    this.#order({ type: 'begin', at: performance.timeOrigin + performance.now() + inMs })
  }

  setProfile(profile: LoadProfile): void {
    this.#order({ type: 'profile', profile })
  }

  setShare(share: Share, fromMs: number): void {
    const shares = subdivide(share, this.threads)
    this.#workers.forEach((worker, index) => worker.postMessage({ type: 'share', share: shares[index] ?? [], fromMs } satisfies Order))
  }

  stop(atMs: number, graceMs: number): void {
    this.#order({ type: 'stop', atMs, graceMs })
  }

  samples(): AsyncIterable<Sample> {
    return this.#stream
  }

  async kill(): Promise<void> {
    this.#over = true
    this.#stream.end()
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #start(entry: URL, workerData: ThreadPlan, index: number): Worker {
    const worker = new Worker(entry, { workerData, resourceLimits: RESOURCE_LIMITS })
    worker.on('message', (report: Report) => this.#hear(index, report))
    const broken = (what: string): void => this.#fail(new AppError(this.#prepared ? 'internal' : 'cannot-start', `Engine thread ${index + 1} ${what}`))
    worker.on('error', (error) => broken(`failed: ${error.message}`))
    worker.on('exit', () => !this.#ended[index] && broken('ended before the run did.'))
    return worker
  }

  #hear(index: number, report: Report): void {
    if (report.type === 'ready') return this.#readiness[index]!.resolve()
    if (report.type === 'refused') {
      const { code, message, ...rest } = report.error
      return this.#fail(new AppError(code, message, rest))
    }
    if (report.second.last) this.#ended[index] = true
    for (const sample of this.#merger.add(index, report.second)) {
      if (sample.last) this.#over = true
      this.#stream.push(sample)
    }
  }

  /** One thread less is a run that cannot be trusted: it ends, with the reason. */
  #fail(error: AppError): void {
    if (this.#over) return
    this.#over = true
    for (const { reject } of this.#readiness) reject(error)
    this.#stream.fail(error)
    for (const worker of this.#workers) void worker.terminate()
  }

  #order(order: Order): void {
    for (const worker of this.#workers) worker.postMessage(order)
  }
}

/** The parts of the plan: shares by measure, and bounds that add up to the node's. */
function threadPlans({ spec, load, share, seed }: EnginePlan, threads: number, { lane }: LaneChoice, ticker: URL): ThreadPlan[] {
  const shares = subdivide(share, threads)
  const bounds = load.model === 'closed' ? shares.map((part) => userBounds(load, part)) : arrivalBounds(load, measure(share), threads)
  return shares.map((part, i) => ({ spec, load, share: part, seed, lane, ...bounds[i]!, ticker: ticker.href }))
}

type Bounds = Pick<ThreadPlan, 'maxConnections' | 'maxInFlight'>

/** Each virtual user has one connection and one iteration. */
function userBounds(load: ClosedLoad, share: Share): Bounds {
  const users = Math.max(1, closedPart(load, share).connections)
  return { maxConnections: users, maxInFlight: users }
}

/** This node's part of the fleet's bounds, divided among its threads. */
function arrivalBounds(load: OpenLoad, part: number, threads: number): Bounds[] {
  const divide = (bound: number): number[] => split(Math.max(threads, Math.round(bound * part)), Array<number>(threads).fill(1))
  const inFlight = divide(load.maxInFlight)
  return divide(load.maxConnections).map((maxConnections, i) => ({ maxConnections, maxInFlight: inFlight[i]! }))
}

/** CPU of the process since the last call, % of a core. */
function processCpuMeter(): () => number {
  let cpu = process.cpuUsage()
  let at = performance.now()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    const now = performance.now()
    const percent = (user + system) / 10 / Math.max(1, now - at)
    cpu = process.cpuUsage()
    at = now
    return percent
  }
}
