import { formatBytes, formatTime, parseBytes, parseTime } from '../quantity.ts'
import { formatJsonPath, parseJsonPath } from './json-path.ts'
import { GRPC_STATUSES, grpcStatusOf } from './grpc-status.ts'
import { protocolOf } from './protocol.ts'
import { didYouMean, show } from '../suggest.ts'
import type { Problem } from '../errors.ts'
import type { JsonPath } from './json-path.ts'

/**
 * Check: what a single response must be like to count as good. One line of text each:
 *
 *     status == 200 · status in 200-299,304 · status in 2xx
 *     body contains "id" · body not contains "error" · body == "pong"
 *     header content-type contains "json" · header etag exists
 *     $.ok == true · $.items[0].sku exists · $.items[*].name matches "^a" (see json-path.ts; of several values one has to fit)
 *     size < 10kb · duration < 500ms
 *     grpc-status == OK · grpc-status in OK,NOT_FOUND (over grpc://; names or numbers)
 *
 * {@link parseCheck} reads it, {@link formatCheck} writes the canonical form; parsing that again changes nothing.
 */
export type Check =
  | { subject: 'status'; operator: Comparison; value: number }
  | { subject: 'status'; operator: 'in'; ranges: StatusRange[] }
  | { subject: 'body'; operator: TextComparison; text: string }
  | { subject: 'header'; name: string; operator: TextComparison; text: string }
  | { subject: 'header'; name: string; operator: 'exists' | 'not exists' }
  | { subject: 'json'; path: JsonPath; operator: Comparison; value: string | number | boolean | null }
  | { subject: 'json'; path: JsonPath; operator: 'contains' | 'not contains' | 'matches' | 'not matches'; text: string }
  | { subject: 'json'; path: JsonPath; operator: 'exists' | 'not exists' }
  | { subject: 'size'; operator: Comparison; bytes: number }
  | { subject: 'duration'; operator: Comparison; ms: number }
  | { subject: 'grpc-status'; operator: '==' | '!=' | 'in'; codes: number[] }

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='
/** Case-sensitive. A header that is missing fulfils only the negative ones. Expressions (`matches`) are those that can be matched in linear time. */
export type TextComparison = '==' | '!=' | 'contains' | 'not contains' | 'matches' | 'not matches'
/** Both ends included. */
export type StatusRange = [from: number, to: number]

/** `problem.path` is empty: the caller knows where the expression stands. */
export type ParsedCheck = { ok: true; check: Check } | { ok: false; problem: Problem }

/** Holds wherever a task says nothing about the status. */
export const DEFAULT_STATUS_CHECK = 'status < 400'
/** The same over gRPC, where an answer says in its trailers what came of the call. */
export const DEFAULT_GRPC_CHECK = 'grpc-status == OK'

const SUBJECTS = ['status', 'body', 'header', 'size', 'duration', 'grpc-status', '$.path']
const MAX_LENGTH = 4096
const MAX_EXPRESSION = 1000

export function parseCheck(expression: string): ParsedCheck {
  const text = expression.trim()
  if (text === '') return refuse('The check is empty.', 'Write for example: status == 200')
  if (text.length > MAX_LENGTH) return refuse(`The check is longer than ${MAX_LENGTH} characters.`, 'Check for a shorter, telling part of the text.')
  if (text.startsWith('$')) return parseJson(text)
  const [, word = '', rest = ''] = /^([^\s=!<>]*)\s*([^]*)$/.exec(text) ?? []
  switch (word.toLowerCase()) {
    case 'status': return parseStatus(rest)
    case 'body': return parseText(rest, 'body', (operator, value) => ({ subject: 'body', operator, text: value }))
    case 'header': return parseHeader(rest)
    case 'size': return parseAmount(rest, 'size < 10kb', parseBytes, (operator, bytes) => ({ subject: 'size', operator, bytes }))
    case 'duration': return parseAmount(rest, 'duration < 500ms', parseTime, (operator, ms) => ({ subject: 'duration', operator, ms }))
    case 'grpc-status': return parseGrpcStatus(rest)
    default: return refuse(`${show(word === '' ? text : word)} cannot be checked.`, didYouMean(word, SUBJECTS))
  }
}

/** The canonical text of a check. */
export function formatCheck(check: Check): string {
  switch (check.subject) {
    case 'status': return check.operator === 'in' ? `status in ${check.ranges.map(formatRange).join(',')}` : `status ${check.operator} ${check.value}`
    case 'body': return `body ${check.operator} ${JSON.stringify(check.text)}`
    case 'header': return 'text' in check ? `header ${check.name} ${check.operator} ${JSON.stringify(check.text)}` : `header ${check.name} ${check.operator}`
    case 'json': return `${formatJsonPath(check.path)} ${check.operator}${'text' in check ? ` ${JSON.stringify(check.text)}` : 'value' in check ? ` ${JSON.stringify(check.value)}` : ''}`
    case 'size': return `size ${check.operator} ${formatBytes(check.bytes)}`
    case 'duration': return `duration ${check.operator} ${formatTime(check.ms)}`
    case 'grpc-status': return `grpc-status ${check.operator} ${check.codes.map((code) => GRPC_STATUSES[code]).join(',')}`
  }
}

/** All checks of a task in the order in which they are counted: its own and, if none of them is on the status and there is one, the default last. Expressions must have been parsed. */
export function checksOf(spec: { checks: readonly string[]; request?: { url: string } }): Check[] {
  const rule = ruleOf(spec.request)
  const settled = rule === null || spec.checks.some((expression) => rule.subject.test(expression))
  const expressions = settled ? spec.checks : [...spec.checks, rule.expression]
  return expressions.map((expression) => parseCheck(expression)).flatMap((parsed) => (parsed.ok ? [parsed.check] : []))
}

const STATUS_RULE = { subject: /^\s*status\b/i, expression: DEFAULT_STATUS_CHECK }
const GRPC_RULE = { subject: /^\s*grpc-status\b/i, expression: DEFAULT_GRPC_CHECK }

/** What holds unless a check speaks of the same. Answers of TCP have nothing that could say that they are bad. */
function ruleOf(request: { url: string } | undefined): { subject: RegExp; expression: string } | null {
  const protocol = request === undefined ? 'http' : protocolOf(request.url)
  return protocol === 'tcp' ? null : protocol === 'grpc' ? GRPC_RULE : STATUS_RULE
}

function parseGrpcStatus(rest: string): ParsedCheck {
  const example = 'Write for example: grpc-status == OK, grpc-status != UNAVAILABLE or grpc-status in OK,NOT_FOUND'
  const match = /^(==|!=|in\b|=)\s*([^]+)$/i.exec(rest)
  if (match === null) return refuse(`${show(`grpc-status ${rest}`)} is no check of the status of gRPC.`, example)
  const operator = match[1] === '=' ? '==' : (match[1]!.toLowerCase() as '==' | '!=' | 'in')
  const words = match[2]!.split(',').map((word) => word.trim())
  const codes = words.map(grpcStatusOf)
  const wrong = codes.indexOf(null)
  if (wrong >= 0) return refuse(`${show(words[wrong])} is no status of gRPC.`, didYouMean(words[wrong]!.toUpperCase(), [...GRPC_STATUSES]))
  if (codes.length > 1 && operator !== 'in') return refuse(`${show(match[2])} is not one status.`, `Write for several: grpc-status in ${words.join(',')}`)
  return accept({ subject: 'grpc-status', operator, codes: codes as number[] })
}

function parseStatus(rest: string): ParsedCheck {
  const set = /^in\b\s*([^]*)$/i.exec(rest)
  if (set !== null) return parseRanges(set[1] ?? '')
  const match = /^(==|!=|<=|>=|<|>|=)?\s*(\S+)$/.exec(rest)
  const operator = comparison(match?.[1])
  const word = match?.[2] ?? ''
  if (operator !== null && /^\d{3}$/.test(word) && Number(word) >= 100) return accept({ subject: 'status', operator, value: Number(word) })
  if (operator === '==' && /^[\dx,-]+$/i.test(word)) return refuse(`${show(word)} is not one status.`, 'Write for several: status in 200-299,304')
  return refuse(`${show(`status ${rest}`)} is no check of the status.`, 'Write for example: status == 200, status < 400 or status in 200-299,304')
}

function parseRanges(text: string): ParsedCheck {
  const ranges: StatusRange[] = []
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const match = /^(?:(\d{3})(?:\s*-\s*(\d{3}))?|([1-9])xx)$/i.exec(part)
    const from = Number(match?.[1] ?? `${match?.[3]}00`)
    const to = match?.[3] === undefined ? Number(match?.[2] ?? from) : from + 99
    if (match === null || from < 100) return refuse(`${show(part)} is neither a status nor a range.`, 'Write for example: status in 200-299,304')
    if (to < from) return refuse(`The range ${part} ends before it begins.`, `Write ${to}-${from}.`)
    ranges.push([from, to])
  }
  return accept({ subject: 'status', operator: 'in', ranges })
}

function parseHeader(rest: string): ParsedCheck {
  const [, name = '', after = ''] = /^([#$%&'*+.^_`|~\w-]+)(?![^\s=!<>])\s*([^]*)$/.exec(rest) ?? []
  if (name === '') return refuse(`${show(rest)} does not begin with the name of a header.`, 'Write for example: header content-type contains "json"')
  const presence = /^(not\s+)?exists$/i.exec(after)
  if (presence !== null) return accept({ subject: 'header', name: name.toLowerCase(), operator: presence[1] === undefined ? 'exists' : 'not exists' })
  return parseText(after, `header ${name}`, (operator, text) => ({ subject: 'header', name: name.toLowerCase(), operator, text }))
}

const JSON_EXAMPLE = 'Write for example: $.ok == true'

function parseJson(text: string): ParsedCheck {
  const parsed = parseJsonPath(text)
  if (!parsed.ok) return refuse(parsed.message, parsed.hint)
  const { path } = parsed
  const rest = parsed.rest.trim()
  const presence = /^(not\s+)?exists$/i.exec(rest)
  if (presence !== null) return accept({ subject: 'json', path, operator: presence[1] === undefined ? 'exists' : 'not exists' })
  if (/^(not\s+)?(contains|matches)\b/i.test(rest)) return parseText(rest, formatJsonPath(path), (operator, value) => ({ subject: 'json', path, operator: operator as 'contains', text: value }))
  const match = /^(==|!=|<=|>=|<|>|equals\b)\s*([^]+)$/i.exec(rest)
  if (match === null) return refuse(`${show(text)} does not say how to compare.`, JSON_EXAMPLE)
  const operator = match[1]!.toLowerCase() === 'equals' ? '==' : (match[1] as Comparison)
  const value = scalarOf(match[2]!)
  if (value === undefined) return refuse(`The quotes in ${show(match[2])} are not closed, or text follows them.`, JSON_EXAMPLE)
  if (operator !== '==' && operator !== '!=' && typeof value !== 'number') return refuse(`${show(match[2])} is no number to compare with.`, 'Write for example: $.count > 10')
  return accept({ subject: 'json', path, operator, value })
}

/** A number, true, false, null, text in quotes, or a bare text; undefined for quotes that do not close. */
function scalarOf(text: string): string | number | boolean | null | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  if (/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))) return Number(text)
  return unquote(text) ?? undefined
}

/** What no engine matches in linear time; the rest is judged where it is compiled. */
export function expressionProblem(source: string): Extract<ParsedCheck, { ok: false }> | null {
  if (source === '') return refuse('The expression is empty.', 'Write for example: body matches "^ok"')
  if (source.length > MAX_EXPRESSION) return refuse(`The expression is longer than ${MAX_EXPRESSION} characters.`, 'Look for a shorter, telling part.')
  return /\(\?<?[=!]|(?<!\\)(?:\\\\)*\\[1-9]/.test(source) ? refuse(`${show(source)} looks around or back, which cannot be matched in linear time.`, 'Write it without (?=…), (?!…), (?<=…), (?<!…) and \\1.') : null
}

function parseText(rest: string, subject: string, make: (operator: TextComparison, text: string) => Check): ParsedCheck {
  const match = /^(==|!=|equals\b|contains\b|not\s+contains\b|matches\b|not\s+matches\b)\s*([^]*)$/i.exec(rest)
  const word = match?.[1]?.toLowerCase().replace(/\s+/, ' ')
  const example = `Write for example: ${subject} contains "id"`
  if (word === undefined) return refuse(`${show(`${subject} ${rest}`)} does not say how to compare.`, example)
  const written = match?.[2] ?? ''
  const text = word.endsWith('matches') ? unquoteExpression(written) : unquote(written)
  if (text === null) return refuse(`The quotes in ${show(rest)} are not closed, or text follows them.`, example)
  const wrong = word.endsWith('matches') ? expressionProblem(text) : null
  if (wrong !== null) return wrong
  if (text === '' && word.endsWith('contains')) return refuse(`${show(`${subject} ${rest}`)} does not say what to look for.`, example)
  return accept(make(word === 'equals' ? '==' : (word as TextComparison), text))
}

function parseAmount(rest: string, example: string, parse: (text: string) => number | null, make: (operator: Comparison, amount: number) => Check): ParsedCheck {
  const match = /^(==|!=|<=|>=|<|>)\s*([^]*)$/.exec(rest)
  const operator = comparison(match?.[1] ?? '')
  const amount = parse(match?.[2] ?? '')
  if (operator !== null && amount !== null) return accept(make(operator, amount))
  const what = operator === null ? 'needs a comparison' : 'needs a number with its unit'
  return refuse(`The check on ${example.split(' ')[0]} ${what}; ${show(rest)} is none.`, `Write for example: ${example}`)
}

/** `"json text"`, `'text'` or bare words to the end of the line; null for quotes that do not close. */
function unquote(text: string): string | null {
  if (text.startsWith('"')) {
    try {
      return JSON.parse(text) as string
    } catch {
      return null
    }
  }
  if (!text.startsWith("'")) return text
  return /^'(?:[^'\\]|\\[^])*'$/.test(text) ? text.slice(1, -1).replace(/\\(['\\])/g, '$1') : null
}

/** As {@link unquote}; people write expressions as they are, "\d+", which is no text of JSON. */
export function unquoteExpression(text: string): string | null {
  return unquote(text) ?? (/^"[^"]*"$/.test(text) ? text.slice(1, -1) : null)
}

function comparison(sign: string | undefined): Comparison | null {
  if (sign === undefined || sign === '=') return '=='
  return sign === '' ? null : (sign as Comparison)
}

function formatRange([from, to]: StatusRange): string {
  return from === to ? String(from) : `${from}-${to}`
}

function accept(check: Check): ParsedCheck {
  return { ok: true, check }
}

function refuse(message: string, hint: string): Extract<ParsedCheck, { ok: false }> {
  return { ok: false, problem: { path: '', message, hint } }
}
