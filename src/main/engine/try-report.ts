import { formatCheck } from '../../shared/task/check.ts'
import type { Check } from '../../shared/task/check.ts'
import type { TryResult } from '../../shared/contract/contract.ts'
import { valuesAt } from '../../shared/task/json-path.ts'
import type { JsonPath } from '../../shared/task/json-path.ts'
import { headerValues } from './measure/check-predicates.ts'
import type { Exchange } from './measure/check-predicates.ts'
import { Checks } from './measure/checks.ts'
import { BodyDecoder } from './lanes/body-decoder.ts'

/** What is told of an exchange that was tried once. */

/** Shown of a body, bytes. */
export const SHOWN_BODY_BYTES = 65_536
/** Shown of a text that a check looked at, characters. */
const SHOWN_ACTUAL = 120

/** Phases of further connections count, too. */
export function added(sum: number | null, ms: number): number | null {
  return Number.isNaN(ms) ? sum : (sum ?? 0) + ms
}

export async function bodyOf(exchange: Exchange | null): Promise<Pick<TryResult, 'body' | 'bodyBytes' | 'truncated'>> {
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
export function judge(checks: Check[], exchange: Exchange): TryResult['checks'] {
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
