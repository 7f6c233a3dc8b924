import { formatCheck } from '../../shared/check.ts'
import type { Check, Comparison, StatusRange, TextComparison } from '../../shared/check.ts'
import { statusText } from './status-text.ts'

/** What the checks of a task see of a response. Head and body are null where no check asked for them. */
export interface Exchange {
  status: number
  /** Raw head and collected body. */
  head: Buffer | null
  body: Buffer | null
  bytesReceived: number
  /** From the intended instant to the last byte. */
  responseTimeMs: number
}

/** Why a response counts as failed: `status` as ErrorTally wants it, 0 unless the status itself was wrong. */
export interface CheckFailure {
  status: number
  message: string
}

type Predicate = (exchange: Exchange) => boolean

/** Collected of a body for the sample of a failure. */
const SAMPLE_BODY_BYTES = 4096
/** Collected of a body that a check looks into; text beyond it is not found. */
const SEARCHED_BODY_BYTES = 1_048_576

/** The checks of a task, compiled. Statuses are decided in advance, so that the usual task costs one look-up per response. */
export class Checks {
  readonly count: number
  readonly needsContent: boolean
  /** Of a body, as much as the checks and an error sample need. */
  readonly maxBodyBytes: number
  readonly #predicates: Predicate[]
  readonly #failures: ((exchange: Exchange) => CheckFailure)[]
  /** By status: 1 if a check on the status refuses it. */
  readonly #refused = new Uint8Array(1000)

  constructor(checks: readonly Check[]) {
    this.count = checks.length
    this.needsContent = checks.some(({ subject }) => subject === 'body' || subject === 'header' || subject === 'size')
    this.maxBodyBytes = bodyBytesFor(checks)
    this.#predicates = checks.map(predicateOf)
    this.#failures = checks.map(failureOf)
    for (let status = 0; status < 1000; status++) this.#refused[status] = refuses(checks, status) ? 1 : 0
  }

  /** Can be told before the response is complete. */
  refusesStatus(status: number): boolean {
    return this.#refused[status] === 1
  }

  /** Counts each check and returns why the exchange failed: a refused status first, else the first check that failed. */
  judge(exchange: Exchange, passed: Float64Array, failed: Float64Array): CheckFailure | null {
    let first = -1
    for (let i = 0; i < this.count; i++) {
      if (this.#predicates[i]!(exchange)) {
        passed[i]!++
      } else {
        failed[i]!++
        if (first === -1) first = i
      }
    }
    if (first === -1) return null
    if (this.refusesStatus(exchange.status)) return { status: exchange.status, message: statusText(exchange.status) }
    return this.#failures[first]!(exchange)
  }
}

function refuses(checks: readonly Check[], status: number): boolean {
  const exchange: Exchange = { status, head: null, body: null, bytesReceived: 0, responseTimeMs: 0 }
  return checks.some((check) => check.subject === 'status' && !predicateOf(check)(exchange))
}

function failureOf(check: Check): (exchange: Exchange) => CheckFailure {
  if (check.subject === 'status') return ({ status }) => ({ status, message: statusText(status) })
  const failure = { status: 0, message: formatCheck(check) }
  return () => failure
}

function predicateOf(check: Check): Predicate {
  switch (check.subject) {
    case 'status':
      if (check.operator === 'in') return ({ status }) => within(check.ranges, status)
      return ({ status }) => compares(status, check.operator, check.value)
    case 'body':
      return bodyPredicate(check.operator, Buffer.from(check.text, 'utf8'))
    case 'header':
      return headerPredicate(check)
    case 'size':
      return (exchange) => compares(sizeOf(exchange), check.operator, check.bytes)
    case 'duration':
      return ({ responseTimeMs }) => compares(responseTimeMs, check.operator, check.ms)
  }
}

function bodyPredicate(operator: TextComparison, text: Buffer): Predicate {
  const empty = Buffer.alloc(0)
  return ({ body }) => holds(operator, (body ?? empty).equals(text), (body ?? empty).includes(text))
}

function headerPredicate(check: Extract<Check, { subject: 'header' }>): Predicate {
  return ({ head }) => {
    const values = head === null ? [] : headerValues(head.toString('latin1'), check.name)
    if (!('text' in check)) return (values.length > 0) === (check.operator === 'exists')
    const { text } = check
    return holds(check.operator, values.includes(text), values.some((value) => value.includes(text)))
  }
}

function holds(operator: TextComparison, equal: boolean, contained: boolean): boolean {
  switch (operator) {
    case '==': return equal
    case '!=': return !equal
    case 'contains': return contained
    case 'not contains': return !contained
  }
}

/** Values of a field in a raw head, in order. @param name in lower case. */
export function headerValues(head: string, name: string): string[] {
  const lines = head.split(/\r?\n/).slice(1)
  const fields = lines.map((line) => [line.slice(0, Math.max(0, line.indexOf(':'))), line.slice(line.indexOf(':') + 1)] as const)
  return fields.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value.trim())
}

/** Bytes of the body; where it was longer than what is collected, what came over the wire without the head. */
function sizeOf({ head, body, bytesReceived }: Exchange): number {
  return body !== null && body.length < SEARCHED_BODY_BYTES ? body.length : bytesReceived - (head?.length ?? 0)
}

function bodyBytesFor(checks: readonly Check[]): number {
  return checks.some(({ subject }) => subject === 'body' || subject === 'size') ? SEARCHED_BODY_BYTES : SAMPLE_BODY_BYTES
}

function within(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(([from, to]) => status >= from && status <= to)
}

function compares(value: number, operator: Comparison, bound: number): boolean {
  switch (operator) {
    case '==': return value === bound
    case '!=': return value !== bound
    case '<': return value < bound
    case '<=': return value <= bound
    case '>': return value > bound
    case '>=': return value >= bound
  }
}
