import { parentPort } from 'node:worker_threads'
import { checksOf } from '../../shared/check.ts'
import { parseDuration } from '../../shared/duration.ts'
import { AppError } from '../../shared/errors.ts'
import { Checks } from './checks.ts'
import { cursorsOf, lastRowOf } from './data-cursor.ts'
import { createLane } from './lanes/index.ts'
import type { Lane, LaneOptions } from './lanes/lane.ts'
import { maskUrl } from './masking.ts'
import { Recorder } from './recorder.ts'
import { SharedLease } from './run-lease.ts'
import { scrubberOf } from './scrubber.ts'
import { compileRequest } from './template.ts'
import type { Order, Report, ThreadPlan } from './thread-messages.ts'
import { warmConnections } from './thread-plans.ts'
import { HOUSEKEEPING_MS, ThreadRun } from './thread-run.ts'
import { LinkedTicker } from './ticker.ts'
import { VitalsMeter } from './vitals-meter.ts'

/** Entry of an engine thread: puts the parts together, then obeys the engine's orders. */

const CONNECTS_PER_TURN = 8
/** A target that does not even answer a connect must not hold up the start: it will show in the result. */
const WARM_LIMIT_MS = 1000

const port = parentPort!

/** Of OAuth 2.0, the one that holds now. */
let token = ''

async function prepare(plan: ThreadPlan): Promise<ThreadRun> {
  const { spec, load } = plan
  const data = cursorsOf(plan.data, plan.seed)
  const request = compileRequest(spec, { seed: plan.seed, data, token: () => token })
  const checks = new Checks(checksOf(spec))
  const ticker = plan.ticker === null ? null : new LinkedTicker(plan.ticker)
  const timeoutMs = parseDuration(spec.transport.timeout) ?? 10_000
  const recorder = new Recorder({ checks, method: request.method, url: maskUrl(spec.request.url), streams: request.stream !== undefined || request.grpc?.streams === true, warmupMs: load.warmupMs, scrub: scrubberOf(spec, () => token) })
  const lease = new SharedLease(plan.lease)
  const bounds: LaneOptions = {
    maxConnections: plan.maxConnections,
    maxInFlight: plan.maxInFlight,
    timeoutMs,
    keepAlive: spec.transport.keepAlive,
    maxBodyBytes: checks.maxBodyBytes,
    connectsPerTurn: CONNECTS_PER_TURN,
    mayLeave: (now) => lease.holds(now),
  }
  const lane = await createLane(plan.lane, request, bounds, recorder)
  const vitals = new VitalsMeter(HOUSEKEEPING_MS)
  const run = new ThreadRun({ plan, lane, bounds, lease, recorder, ticker, vitals, timeoutMs, lastRow: lastRowOf(spec, data), emit: (second) => {
    tell({ type: 'second', second })
    // Not at once: the last iteration may have ended within a callback of the lane.
    if (second.last) setImmediate(() => close(lane, ticker))
  } })
  await Promise.all([ticker?.ready, atMost(WARM_LIMIT_MS, lane.warm(warmConnections(plan)))])
  return run
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
