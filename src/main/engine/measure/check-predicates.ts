import type { Check, Comparison, StatusRange, TextComparison } from '../../../shared/task/check.ts'
import { textOfValue } from '../json/json-reader.ts'
import type { JsonReader } from '../json/json-reader.ts'
import { compilePattern } from '../lanes/pattern.ts'

/** What the trailers of gRPC say, and what came before them. */
export interface GrpcOutcome {
  code: number
  /** `14 UNAVAILABLE: no connection`. */
  text: string
  messages: number
  /** Of all messages, without the prefixes. */
  bytes: number
}

/** What the checks of a task see of a response. Head and body are null where no check asked for them. */
export interface Exchange {
  status: number
  /** Raw head and collected body. */
  head: Buffer | null
  body: Buffer | null
  bytesReceived: number
  /** From the intended instant to the last byte. */
  responseTimeMs: number
  /** What came of a call of gRPC; absent for everything else. */
  grpc?: GrpcOutcome | null
}

export type Predicate = (exchange: Exchange) => boolean

/** Collected of a body that a check looks into; text beyond it is not found. */
export const SEARCHED_BODY_BYTES = 1_048_576

/**
 * What a check asks of an exchange, compiled.
 * @param json takes part in reading bodies; whoever asks says when there is another one.
 */
export function predicateOf(check: Check, json: JsonReader): Predicate {
  switch (check.subject) {
    case 'status':
      if (check.operator === 'in') return ({ status }) => within(check.ranges, status)
      return ({ status }) => compares(status, check.operator, check.value)
    case 'body':
      return bodyPredicate(check.operator, check.text)
    case 'json':
      return jsonPredicate(check, json)
    case 'header':
      return headerPredicate(check)
    case 'size':
      return (exchange) => compares(sizeOf(exchange), check.operator, check.bytes)
    case 'duration':
      return ({ responseTimeMs }) => compares(responseTimeMs, check.operator, check.ms)
    case 'grpc-status':
      return ({ grpc }) => (grpc != null && check.codes.includes(grpc.code)) === (check.operator !== '!=')
  }
}

function bodyPredicate(operator: TextComparison, text: string): Predicate {
  const wanted = Buffer.from(text, 'utf8')
  const empty = Buffer.alloc(0)
  switch (operator) {
    case '==': return ({ body }) => (body ?? empty).equals(wanted)
    case '!=': return ({ body }) => !(body ?? empty).equals(wanted)
    case 'contains': return ({ body }) => (body ?? empty).includes(wanted)
    case 'not contains': return ({ body }) => !(body ?? empty).includes(wanted)
    case 'matches':
    case 'not matches': {
      const pattern = compilePattern(text, 'checks')
      return ({ body }) => pattern.test((body ?? empty).toString('utf8')) === (operator === 'matches')
    }
  }
}

function headerPredicate(check: Extract<Check, { subject: 'header' }>): Predicate {
  const fits = 'text' in check ? textFits(check.operator, check.text) : () => true
  const wanted = !isNegative(check.operator)
  return ({ head }) => (head === null ? [] : headerValues(head.toString('latin1'), check.name)).some(fits) === wanted
}

/** Of the values that a path names one has to fit; for the negative comparisons none may. */
function jsonPredicate(check: Extract<Check, { subject: 'json' }>, json: JsonReader): Predicate {
  const place = json.add(check.path)
  const wanted = !isNegative(check.operator)
  if (!('text' in check) && !('value' in check)) return ({ body }) => isPresent(json.count(body, place), wanted)
  const fits = jsonFits(check)
  return ({ body }) => json.values(body, place)?.some(fits) === wanted
}

/** @param count null: no JSON, of which nothing holds. */
function isPresent(count: number | null, wanted: boolean): boolean {
  return count !== null && count > 0 === wanted
}

function jsonFits(check: Exclude<Extract<Check, { subject: 'json' }>, { operator: 'exists' | 'not exists' }>): (value: unknown) => boolean {
  if ('text' in check) {
    const fits = textFits(check.operator, check.text)
    return (value) => {
      const text = textOfValue(value)
      return text !== null && fits(text)
    }
  }
  const { operator, value: bound } = check
  if (operator === '==' || operator === '!=') return (value) => value === bound
  return (value) => typeof value === 'number' && compares(value, operator, Number(bound))
}

/** The positive comparison that an operator is or denies. */
function textFits(operator: TextComparison, text: string): (value: string) => boolean {
  switch (operator) {
    case '==':
    case '!=': return (value) => value === text
    case 'contains':
    case 'not contains': return (value) => value.includes(text)
    case 'matches':
    case 'not matches': {
      const pattern = compilePattern(text, 'checks')
      return (value) => pattern.test(value)
    }
  }
}

function isNegative(operator: string): boolean {
  return operator === '!=' || operator.startsWith('not ')
}

/** Values of a field in a raw head, in order. @param name in lower case. */
export function headerValues(head: string, name: string): string[] {
  const values: string[] = []
  let end = head.indexOf('\n')
  while (end >= 0) {
    const at = end + 1
    end = head.indexOf('\n', at)
    const colon = at + name.length
    if (head[colon] === ':' && head.slice(at, colon).toLowerCase() === name) values.push(head.slice(colon + 1, end < 0 ? head.length : end).trim())
  }
  return values
}

/** Bytes of the messages, or of the body; where it was longer than what is collected, what came over the wire without the head. */
function sizeOf({ head, body, bytesReceived, grpc }: Exchange): number {
  if (grpc != null) return grpc.bytes
  return body !== null && body.length < SEARCHED_BODY_BYTES ? body.length : bytesReceived - (head?.length ?? 0)
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
