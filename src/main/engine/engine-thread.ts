import { parentPort } from 'node:worker_threads'
import { checksOf } from '../../shared/task/check.ts'
import { parseDuration } from '../../shared/duration.ts'
import { AppError } from '../../shared/errors.ts'
import { hasSteps, longestIterationMs } from '../../shared/task/steps.ts'
import type { StepSpec, TaskSpec } from '../../shared/task/task.ts'
import { Checks } from './measure/checks.ts'
import { cursorsOf, lastRowOf } from './request/data-cursor.ts'
import type { DataCursor } from './request/data-cursor.ts'
import { createLane } from './lanes/index.ts'
import type { Lane, LaneOptions } from './lanes/lane.ts'
import { maskUrl } from '../../shared/task/masking.ts'
import { Recorder } from './measure/recorder.ts'
import { SharedLease } from './threads/run-lease.ts'
import { scrubberOf } from './request/scrubber.ts'
import { compileRequest } from './request/template.ts'
import type { Order, Report, ThreadPlan } from './threads/thread-messages.ts'
import { warmConnections } from './threads/thread-plans.ts'
import { HOUSEKEEPING_MS, ThreadRun } from './threads/thread-run.ts'
import { LinkedTicker } from './threads/ticker.ts'
import { VitalsMeter } from './threads/vitals-meter.ts'

/** Entry of an engine thread: puts the parts together, then obeys the engine's orders. */

const CONNECTS_PER_TURN = 8
/** A target that does not even answer a connect must not hold up the start: it will show in the result. */
const WARM_LIMIT_MS = 1000

const port = parentPort!

/** Of OAuth 2.0, the one that holds now. */
let token = ''

async function prepare(plan: ThreadPlan): Promise<ThreadRun> {
  const { spec } = plan
  const data = cursorsOf(plan.data, plan.seed)
  const ticker = plan.ticker === null ? null : new LinkedTicker(plan.ticker)
  const lease = new SharedLease(plan.lease)
  const bounds = {
    maxConnections: plan.maxConnections,
    maxInFlight: plan.maxInFlight,
    timeoutMs: parseDuration(spec.transport.timeout) ?? 10_000,
    keepAlive: spec.transport.keepAlive,
    connectsPerTurn: CONNECTS_PER_TURN,
    mayLeave: (now: number) => lease.holds(now),
  }
  const { lane, recorder } = await (hasSteps(spec) ? carrySteps(spec, plan, bounds, data) : carryRequests(plan, bounds, data))
  const vitals = new VitalsMeter(HOUSEKEEPING_MS)
  const run = new ThreadRun({ plan, lane, bounds, lease, recorder, ticker, vitals, timeoutMs: longestIterationMs(spec), lastRow: lastRowOf(spec, data), emit: (second) => {
    tell({ type: 'second', second })
    // Not at once: the last iteration may have ended within a callback of the lane.
    if (second.last) setImmediate(() => close(lane, ticker))
  } })
  await Promise.all([ticker?.ready, atMost(WARM_LIMIT_MS, lane.warm(warmConnections(plan)))])
  return run
}

interface Carrier {
  lane: Lane
  recorder: Recorder
}

type Bounds = Omit<LaneOptions, 'maxBodyBytes' | 'maxHeadBytes'>

async function carryRequests({ spec, load, lane, seed }: ThreadPlan, bounds: Bounds, data: Map<string, DataCursor>): Promise<Carrier> {
  const request = compileRequest(spec, { seed, data, token: () => token })
  const checks = new Checks(checksOf(spec))
  const recorder = new Recorder({ checks, method: request.method, url: maskUrl(spec.request.url), streams: request.stream !== undefined || request.grpc?.streams === true, warmupMs: load.warmupMs, scrub: scrubberOf(spec, () => token) })
  // The run changes its bounds; the lane is to see that.
  const options: LaneOptions = Object.assign(bounds, { maxBodyBytes: checks.maxBodyBytes })
  return { lane: await createLane(lane, request, options, recorder), recorder }
}

async function carrySteps(spec: TaskSpec & { steps: StepSpec[] }, { load, seed, stepLanes = [] }: ThreadPlan, bounds: Bounds, data: Map<string, DataCursor>): Promise<Carrier> {
  const { createRecordedFlow } = await import('./flow/recorded-flow.ts')
  return createRecordedFlow(spec, { load, seed, stepLanes, bounds, data, token: () => token })
}

function obey(run: ThreadRun, order: Exclude<Order, { type: 'plan' | 'token' }>): void {
  switch (order.type) {
    case 'begin': return run.begin(order.at - performance.timeOrigin, order.fromMs)
    case 'profile': return run.setProfile(order.profile)
    case 'share': return run.setShare(order.share, order.fromMs, order)
    case 'stop': return run.stop(order.atMs, order.graceMs)
  }
}

function close(lane: Lane, ticker: LinkedTicker | null): void {
  lane.close()
  ticker?.close()
  port.close()
}

function tell(report: Report): void {
  port.postMessage(report)
}

async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, limit])
  clearTimeout(timer)
}

// What most plans need is loaded while the plan is still being made.
void import('./lanes/http1-lane.ts')

const planned = Promise.withResolvers<ThreadPlan>()
let run: ThreadRun | null = null
port.on('message', (order: Order) => {
  if (order.type === 'plan') {
    token = order.plan.token
    planned.resolve(order.plan)
  } else if (order.type === 'token') token = order.token
  else if (run !== null) obey(run, order)
})

try {
  run = await prepare(await planned.promise)
  tell({ type: 'ready' })
} catch (error) {
  const refusal = error instanceof AppError ? error : new AppError('cannot-start', error instanceof Error ? error.message : String(error))
  tell({ type: 'refused', error: refusal.toJSON() })
  port.close()
}
