import { checksOf } from '../../../shared/task/check.ts'
import type { TryResult, TryStep } from '../../../shared/contract/contract.ts'
import { parseDuration } from '../../../shared/duration.ts'
import { maskUrl } from '../../../shared/task/masking.ts'
import { stepTasks } from '../../../shared/task/steps.ts'
import type { StepSpec, TaskSpec } from '../../../shared/task/task.ts'
import type { Exchange } from '../measure/check-predicates.ts'
import type { DataCursor } from '../request/data-cursor.ts'
import { SHOWN_BODY_BYTES, added, bodyOf, judge } from '../try-report.ts'
import type { CompiledFlow } from './compiled-flow.ts'
import { createFlowLane, prepareFlow } from './create-flow-lane.ts'
import type { FlowSink } from './flow-sink.ts'
import type { Iteration, StepFailure } from './iteration.ts'
import { decideStepLanes } from './step-lanes.ts'

const TICK_MS = 20

type Phases = Pick<TryResult['timings'], 'dnsMs' | 'connectMs' | 'tlsMs'>

/** One step as it went, before its body is made readable. */
interface Seen {
  step: number
  exchange: Exchange | null
  failure: StepFailure | null
  url: string
  method: string
  extracted: Record<string, string>
  timings: TryResult['timings']
}

/** One iteration, without its pauses; of steps of which a run draws one, each is executed. Throws AppError `bad-input`. */
export async function trySteps(spec: TaskSpec & { steps: StepSpec[] }, data: Map<string, DataCursor>, token: string): Promise<TryResult> {
  const lanes = await decideStepLanes(spec)
  const prepared = prepareFlow(spec, { data, token: () => token })
  const flow = atOnce(prepared.flow, spec.stepOrder === 'weighted')
  const seen: Seen[] = []
  const { promise: over, resolve } = Promise.withResolvers<void>()
  const options = { maxConnections: 1, maxInFlight: 1, timeoutMs: parseDuration(spec.transport.timeout) ?? 10_000, keepAlive: spec.transport.keepAlive, connectsPerTurn: 1 }
  const lane = await createFlowLane({ ...prepared, flow }, { lanes: lanes.steps, options, leastBodyBytes: SHOWN_BODY_BYTES + 1, pausesUsers: true, sink: watch(flow, seen, resolve) })
  const timer = setInterval(() => lane.tick(performance.now()), TICK_MS)
  try {
    lane.send(performance.now(), 1)
    await over
  } finally {
    clearInterval(timer)
    lane.close()
  }
  const steps = await Promise.all(seen.map((one) => toldOf(spec, one)))
  const { name: _name, method: _method, url: _url, extracted: _extracted, ...last } = steps.at(-1)!
  return { lane: lanes.choice, ...last, ok: steps.every(({ ok }) => ok), steps }
}

function atOnce(flow: CompiledFlow, each: boolean): CompiledFlow {
  const steps = flow.steps.map((step) => ({ ...step, thinkMs: () => 0, stopsIteration: step.stopsIteration && !each }))
  return { ...flow, steps, first: () => 0, next: (step) => (step + 1 < steps.length ? step + 1 : -1) }
}

/** Keeps everything. Head and body are copied: they are valid only during the call. */
function watch(flow: CompiledFlow, seen: Seen[], over: () => void): FlowSink {
  const nothing = (): void => {}
  let phases: Phases = { dnsMs: null, connectMs: null, tlsMs: null }
  const see = (iteration: Iteration, exchange: Exchange | null, now: number): void => {
    const { step, failure, stepSentAt, stepHeadAt, stepDueAt } = iteration
    const timings = { ...phases, firstByteMs: exchange === null ? null : stepHeadAt - stepSentAt, totalMs: now - stepDueAt }
    seen.push({ step, exchange, failure, ...sentOf(flow, iteration), extracted: extractedBy(flow, iteration), timings })
    phases = { dnsMs: null, connectMs: null, tlsMs: null }
  }
  return {
    keep: () => true,
    sent: nothing,
    judge: (iteration, exchange) => {
      const { checks } = flow.steps[iteration.step]!
      return checks.judge(exchange, new Float64Array(checks.count), new Float64Array(checks.count))
    },
    answered: (iteration, exchange, now) => see(iteration, { ...exchange, head: copyOf(exchange.head), body: copyOf(exchange.body) }, now),
    stepEnded: (iteration, now) => (iteration.failure?.unanswered === true ? see(iteration, null, now) : undefined),
    ended: over,
    cancelled: over,
    dropped: over,
    idle: nothing,
    connected: (dnsMs, connectMs, tlsMs) => {
      phases = { dnsMs: added(phases.dnsMs, dnsMs), connectMs: added(phases.connectMs, connectMs), tlsMs: added(phases.tlsMs, tlsMs) }
    },
  }
}

function sentOf(flow: CompiledFlow, { step, request, path }: Iteration): { method: string; url: string } {
  const { secure, host, port, method, path: pattern } = request ?? flow.steps[step]!.request
  const authority = `${host.includes(':') ? `[${host}]` : host}${port === (secure ? 443 : 80) ? '' : `:${port}`}`
  return { method, url: maskUrl(`${secure ? 'https' : 'http'}://${authority}${path === '' ? pattern : path}`) }
}

function extractedBy(flow: CompiledFlow, { step, values }: Iteration): Record<string, string> {
  return Object.fromEntries(flow.steps[step]!.extracts.flatMap(({ extractor, place }) => (values[place] == null ? [] : [[extractor.name, values[place]]])))
}

async function toldOf(spec: TaskSpec & { steps: StepSpec[] }, { step, exchange, failure, method, url, extracted, timings }: Seen): Promise<TryStep> {
  const checks = exchange === null ? [] : judge(checksOf(stepTasks(spec)[step]!), exchange)
  const failed = checks.some(({ ok }) => !ok)
  return {
    name: spec.steps[step]!.name,
    method, url,
    ok: failure === null,
    status: exchange?.status ?? null,
    head: exchange?.head?.toString('latin1') ?? '',
    ...(await bodyOf(exchange)),
    timings, checks, extracted,
    error: failure === null || failed ? null : { kind: failure.kind, message: failure.message },
  }
}

function copyOf(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}
