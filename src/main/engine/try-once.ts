import { checksOf, formatCheck } from '../../shared/check.ts'
import type { Check } from '../../shared/check.ts'
import type { TryResult } from '../../shared/contract.ts'
import { parseDuration } from '../../shared/duration.ts'
import type { TaskSpec } from '../../shared/task.ts'
import { valuesAt } from '../../shared/json-path.ts'
import type { JsonPath } from '../../shared/json-path.ts'
import { headerValues } from './check-predicates.ts'
import type { Exchange } from './check-predicates.ts'
import { Checks } from './checks.ts'
import { cursorsOf } from './data-cursor.ts'
import { openData } from '../data/open-data.ts'
import { decideLane } from './lane-decision.ts'
import { BodyDecoder } from './lanes/body-decoder.ts'
import type { LaneOptions } from './lanes/lane.ts'
import { described } from './reflection.ts'
import { scrubberOf, withoutSecrets } from './scrubber.ts'
import { exchangeOnce } from './single-exchange.ts'
import type { SingleOutcome } from './single-exchange.ts'
import { compileRequest } from './template.ts'

type Timings = TryResult['timings']

/** What came of the one iteration. */
interface Report {
  exchange: Exchange | null
  error: TryResult['error']
  firstByteMs: number | null
  totalMs: number
}

/** Shown of a body, bytes. */
const SHOWN_BODY_BYTES = 65_536
/** Shown of a text that a check looked at, characters. */
const SHOWN_ACTUAL = 120

/**
 * Sends the request of a task once, through the lane that a run would use, and tells everything about it. Nothing is
 * recorded. A request that fails is a result; throws AppError only for a task that cannot be sent at all: `bad-input`, or
 * `cannot-start` without an access token.
 */
export async function tryOnce(spec: TaskSpec): Promise<TryResult> {
  const token = spec.auth?.type === 'oauth2' ? (await (await import('./access-token.ts')).fetchToken(spec, spec.auth)).text : ''
  return withoutSecrets(await attempt(spec, token), scrubberOf(spec, () => token))
}

async function attempt(given: TaskSpec, token: string): Promise<TryResult> {
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

function added(sum: number | null, ms: number): number | null {
  return Number.isNaN(ms) ? sum : (sum ?? 0) + ms
}

async function bodyOf(exchange: Exchange | null): Promise<Pick<TryResult, 'body' | 'bodyBytes' | 'truncated'>> {
  if (exchange?.head == null || exchange.body === null) return { body: '', bodyBytes: 0, truncated: false }
  const body = await readable(exchange.head, exchange.body)
  const truncated = body.length > SHOWN_BODY_BYTES
  const bodyBytes = truncated ? Math.max(body.length, exchange.bytesReceived - exchange.head.length) : body.length
  return { body: body.toString('utf8', 0, SHOWN_BODY_BYTES), bodyBytes, truncated }
}

/** A person wants to read what the raw lane left compressed. What cannot be decoded stays as it came. */
function readable(head: Buffer, body: Buffer): Promise<Buffer> {
  const decoder = BodyDecoder.of(headerValues(head.toString('latin1'), 'content-encoding')[0], SHOWN_BODY_BYTES + 1)
  if (decoder === null || body.length === 0) return Promise.resolve(body)
  decoder.write(body, () => {})
  return new Promise((resolve) => decoder.end((_, decoded) => resolve(decoded.length === 0 ? body : decoded)))
}

/** Each check by itself, with what it found. */
function judge(checks: Check[], exchange: Exchange): TryResult['checks'] {
  return checks.map((check) => {
    const ok = new Checks([check]).judge(exchange, new Float64Array(1), new Float64Array(1)) === null
    return { expression: formatCheck(check), ok, actual: actualOf(check, exchange) }
  })
}

function actualOf(check: Check, exchange: Exchange): string {
  const { status, head, body, bytesReceived, responseTimeMs } = exchange
  switch (check.subject) {
    case 'status':
      return String(status)
    case 'duration':
      return `${responseTimeMs.toFixed(1)} ms`
    case 'size':
      return `${exchange.grpc?.bytes ?? body?.length ?? bytesReceived} bytes`
    case 'grpc-status':
      return exchange.grpc?.text ?? ''
    case 'header':
      return headerValues(head?.toString('latin1') ?? '', check.name.toLowerCase()).join(', ').slice(0, SHOWN_ACTUAL)
    case 'json':
      return foundIn(body, check.path)
    case 'body':
      return body?.toString('utf8', 0, SHOWN_ACTUAL * 4).slice(0, SHOWN_ACTUAL) ?? ''
  }
}

/** The values that a path names, as JSON. */
function foundIn(body: Buffer | null, path: JsonPath): string {
  try {
    return valuesAt(JSON.parse(body?.toString('utf8') ?? ''), path).map((value) => JSON.stringify(value)).join(', ').slice(0, SHOWN_ACTUAL)
  } catch {
    return 'no JSON'
  }
}
