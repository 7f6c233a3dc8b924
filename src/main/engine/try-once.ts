import { checksOf } from '../../shared/task/check.ts'
import type { Check } from '../../shared/task/check.ts'
import type { TryResult } from '../../shared/contract/contract.ts'
import { parseDuration } from '../../shared/duration.ts'
import { hasSteps } from '../../shared/task/steps.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { Exchange } from './measure/check-predicates.ts'
import { Checks } from './measure/checks.ts'
import { cursorsOf } from './request/data-cursor.ts'
import { openData } from '../data/open-data.ts'
import { decideLane } from './lane-decision.ts'
import type { LaneOptions } from './lanes/lane.ts'
import { described } from './request/reflection.ts'
import { scrubberOf, withoutSecrets } from './request/scrubber.ts'
import { exchangeOnce } from './single-exchange.ts'
import type { SingleOutcome } from './single-exchange.ts'
import { compileRequest } from './request/template.ts'
import { SHOWN_BODY_BYTES, added, bodyOf, judge } from './try-report.ts'

type Timings = TryResult['timings']

/** What came of the one iteration. */
interface Report {
  exchange: Exchange | null
  error: TryResult['error']
  firstByteMs: number | null
  totalMs: number
}

/**
 * Sends the request of a task once, or its steps one after the other without their pauses, through the lanes that a run
 * would use, and tells everything about it. Nothing is recorded. A request that fails is a result; throws AppError only for a task that cannot be sent at all: `bad-input`, or
 * `cannot-start` without an access token.
 */
export async function tryOnce(spec: TaskSpec): Promise<TryResult> {
  const token = spec.auth?.type === 'oauth2' ? (await (await import('./request/access-token.ts')).fetchToken(spec, spec.auth)).text : ''
  return withoutSecrets(await attempt(spec, token), scrubberOf(spec, () => token))
}

async function attempt(given: TaskSpec, token: string): Promise<TryResult> {
  if (hasSteps(given)) return (await import('./flow/try-steps.ts')).trySteps(given, cursorsOf(await openData(given), 0), token)
  const spec = await described(given, token)
  const request = compileRequest(spec, { data: cursorsOf(await openData(spec), 0), token: () => token })
  const choice = await decideLane(spec, request)
  const checks = checksOf(spec)
  const phases: Pick<Timings, 'dnsMs' | 'connectMs' | 'tlsMs'> = { dnsMs: null, connectMs: null, tlsMs: null }
  const { exchange, error, firstByteMs, totalMs } = reportOf(await exchangeOnce(choice.lane, request, optionsOf(spec, checks), (dnsMs, connectMs, tlsMs) => {
    // A redirect to another host opens a second connection: its phases count, too.
    phases.dnsMs = added(phases.dnsMs, dnsMs)
    phases.connectMs = added(phases.connectMs, connectMs)
    phases.tlsMs = added(phases.tlsMs, tlsMs)
  }))
  const judged = exchange === null ? [] : judge(checks, exchange)
  return {
    lane: choice,
    ok: error === null && judged.every((check) => check.ok),
    status: exchange === null || exchange.status === 0 ? null : exchange.status,
    head: exchange?.head?.toString('latin1') ?? '',
    ...(await bodyOf(exchange)),
    timings: { ...phases, firstByteMs, totalMs },
    checks: judged,
    error,
  }
}

function optionsOf({ transport }: TaskSpec, checks: Check[]): Pick<LaneOptions, 'timeoutMs' | 'keepAlive' | 'maxBodyBytes'> {
  return { timeoutMs: parseDuration(transport.timeout) ?? 10_000, keepAlive: transport.keepAlive, maxBodyBytes: Math.max(SHOWN_BODY_BYTES + 1, new Checks(checks).maxBodyBytes) }
}

function reportOf(outcome: SingleOutcome): Report {
  if (!outcome.ok) return { exchange: null, error: outcome.error, firstByteMs: null, totalMs: outcome.totalMs }
  const { firstByteMs, totalMs, chunks: _chunks, ...answer } = outcome.answer
  return { exchange: { ...answer, responseTimeMs: totalMs }, error: null, firstByteMs, totalMs }
}
