import type { Check, Comparison, StatusRange, TextComparison } from '../../shared/check.ts'

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

export type Predicate = (exchange: Exchange) => boolean

/** Collected of a body that a check looks into; text beyond it is not found. */
export const SEARCHED_BODY_BYTES = 1_048_576

/** What a check asks of an exchange, compiled. */
export function predicateOf(check: Check): Predicate {
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
