import type { Worker } from 'node:worker_threads'
import type { Share } from '../../shared/cluster/cluster.ts'
import { hasSteps } from '../../shared/task/steps.ts'
import { steadyNow } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import { protocolOf } from '../../shared/task/protocol.ts'
import type { LoadProfile } from '../../shared/task/load.ts'
import type { Sample } from '../../shared/results/sample.ts'
import type { SharedRows } from '../data/row-table.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import { decideLane } from './lane-decision.ts'
import type { Engine, EnginePlan, EngineRun, LaneChoice, LaneName } from './plan.ts'
import { processCpuMeter } from './threads/process-cpu.ts'
import { SampleStream } from './threads/sample-stream.ts'
import { compileRequest } from './request/template.ts'
import { ThreadMerger } from './threads/thread-merger.ts'
import { extendLease, leaseMemory } from './threads/run-lease.ts'
import type { Order, Report, ThreadPlan } from './threads/thread-messages.ts'
import { threadPlans, threadsFor, type ThreadPart } from './threads/thread-plans.ts'
import { ThreadSupply } from './threads/thread-supply.ts'
import type { TokenKeeper } from './request/token-keeper.ts'
import type { EngineEntries } from './threads/thread-supply.ts'

/** So much later than now does a run begin whose instant has passed, so that every thread hears of it in time. */
const HANDOVER_MS = 5

/** @param supply where threads come from; one of its own by default. */
export function createEngine(entries: EngineEntries, supply: ThreadSupply = new ThreadSupply(entries)): Engine {
  return {
    async prepare(plan) {
      const spec = await complete(plan.spec)
      const lanes = await lanesOf(spec)
      const [data, tokens] = [await dataOf(spec), await tokensOf(spec)]
      const run = new ThreadedRun({ ...plan, spec }, lanes, data, tokens, supply)
      await run.ready()
      return run
    },
  }
}

/** With what only the target knows. */
async function complete(spec: TaskSpec): Promise<TaskSpec> {
  return protocolOf(spec.request.url) === 'grpc' ? (await import('./request/reflection.ts')).described(spec) : spec
}

/** Few tasks have steps: only they load what carries them. */
async function lanesOf(spec: TaskSpec): Promise<Lanes> {
  if (hasSteps(spec)) return (await import('./flow/step-lanes.ts')).decideStepLanes(spec)
  return { choice: await decideLane(spec, compileRequest(spec)) }
}

/** Few tasks have data: only they load what reads them. */
async function dataOf(spec: TaskSpec): Promise<SharedRows[]> {
  return spec.data === undefined ? [] : (await import('../data/open-data.ts')).openData(spec)
}

/** The first token has come; null for every other auth. */
async function tokensOf(spec: TaskSpec): Promise<TokenKeeper | null> {
  const { auth } = spec
  if (auth?.type !== 'oauth2') return null
  const [{ fetchToken }, { TokenKeeper }] = await Promise.all([import('./request/access-token.ts'), import('./request/token-keeper.ts')])
  const keeper = new TokenKeeper({ fetch: () => fetchToken(spec, auth) })
  await keeper.begin()
  return keeper
}

export type { EngineEntries }

/** Which lane carries the task, and each of its steps. */
interface Lanes {
  choice: LaneChoice
  steps?: LaneName[]
}

/** One run over engine threads, each with a ticker thread of its own in the open model. */
class ThreadedRun implements EngineRun {
  readonly lane: LaneChoice
  readonly threads: number
  readonly #plan: EnginePlan
  readonly #stepLanes: LaneName[] | undefined
  readonly #lease = leaseMemory()
  readonly #workers: Worker[]
  readonly #tickers: Worker[] = []
  readonly #merger: ThreadMerger
  readonly #stream = new SampleStream()
  readonly #tokens: TokenKeeper | null
  readonly #readiness: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }[]
  /** Threads that have sent their last second. */
  readonly #ended: boolean[] = []
  #prepared = false
  #over = false

  constructor(plan: EnginePlan, lanes: Lanes, data: SharedRows[], tokens: TokenKeeper | null, supply: ThreadSupply) {
    this.#plan = plan
    this.#tokens = tokens
    this.lane = lanes.choice
    this.#stepLanes = lanes.steps
    this.threads = threadsFor(plan)
    this.#merger = new ThreadMerger(plan.runId, this.threads, processCpuMeter())
    this.#readiness = Array.from({ length: this.threads }, () => Promise.withResolvers<void>())
    this.#workers = threadPlans(plan, this.threads, this.lane.lane).map((part, index) => this.#start(supply, { ...part, data, token: tokens?.text ?? '' }, index))
    tokens?.watch((token) => this.#order({ type: 'token', token }), (error) => this.#fail(new AppError('cannot-start', `The access token ended and could not be renewed. ${error.message}`)))
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

  begin(startAt: number, fromMs?: number): void {
    const at = fromMs === undefined ? Math.max(steadyNow() + HANDOVER_MS, startAt) : startAt
    this.#merger.begin(Math.floor((fromMs ?? 0) / 1000))
    this.#order({ type: 'begin', at, fromMs: fromMs ?? 0 })
  }

  setProfile(profile: LoadProfile): void {
    this.#order({ type: 'profile', profile })
  }

  setShare(share: Share, fromMs: number): void {
    const parts = threadPlans({ ...this.#plan, share }, this.threads, this.lane.lane)
    this.#workers.forEach((worker, index) => {
      const { share, maxConnections, maxInFlight } = parts[index]!
      worker.postMessage({ type: 'share', share, fromMs, maxConnections, maxInFlight } satisfies Order)
    })
  }

  extendLease(untilMs: number): void {
    extendLease(this.#lease, untilMs)
  }

  stop(atMs: number, graceMs: number): void {
    this.#order({ type: 'stop', atMs, graceMs })
  }

  samples(): AsyncIterable<Sample> {
    return this.#stream
  }

  async kill(): Promise<void> {
    this.#over = true
    this.#tokens?.stop()
    this.#stream.end()
    await this.#terminate()
  }

  #start(supply: ThreadSupply, part: ThreadPart & Pick<ThreadPlan, 'data' | 'token'>, index: number): Worker {
    const { worker, ticker } = supply.take(part.load.model === 'open')
    if (ticker !== null) this.#tickers.push(ticker.worker)
    worker.on('message', (report: Report) => this.#hear(index, report))
    worker.on('error', (error: Error) => this.#break(index, `failed: ${error.message}`))
    worker.on('exit', () => this.#break(index, 'ended before the run did.'))
    const plan: ThreadPlan = { ...part, ...(this.#stepLanes === undefined ? {} : { stepLanes: this.#stepLanes }), ticker: ticker?.link ?? null, lease: this.#lease }
    worker.postMessage({ type: 'plan', plan } satisfies Order, ticker === null ? [] : [ticker.link.port])
    return worker
  }

  #hear(index: number, report: Report): void {
    switch (report.type) {
      case 'ready':
        return this.#readiness[index]!.resolve()
      case 'refused': {
        const { code, message, ...rest } = report.error
        return this.#fail(new AppError(code, message, rest))
      }
      case 'second':
        this.#ended[index] = report.second.last
        for (const sample of this.#merger.add(index, report.second)) {
          this.#over ||= sample.last
          this.#stream.push(sample)
        }
        if (this.#over) this.#tokens?.stop()
    }
  }

  #break(index: number, what: string): void {
    if (this.#ended[index] === true) return
    this.#fail(new AppError(this.#prepared ? 'internal' : 'cannot-start', `Engine thread ${index + 1} ${what}`))
  }

  /** One thread less is a run that cannot be trusted: it ends, with the reason. */
  #fail(error: AppError): void {
    if (this.#over) return
    this.#over = true
    this.#tokens?.stop()
    for (const { reject } of this.#readiness) reject(error)
    this.#stream.fail(error)
    void this.#terminate()
  }

  #order(order: Order): void {
    for (const worker of this.#workers) worker.postMessage(order)
  }

  async #terminate(): Promise<void> {
    await Promise.all([...this.#workers, ...this.#tickers].map((worker) => worker.terminate()))
  }
}
