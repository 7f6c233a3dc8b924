import { expressionProblem, unquoteExpression } from './check.ts'
import { formatJsonPath, parseJsonPath } from './json-path.ts'
import { didYouMean, show } from '../suggest.ts'
import type { Problem } from '../errors.ts'
import type { JsonPath } from './json-path.ts'

/**
 * Extraction: what a step takes out of its answer for the steps after it. One line of text each:
 *
 *     $.token · $.items[0].id       the first value that the path names (see json-path.ts); null counts as nothing
 *     body "token=(\w+)"            what the first group matches, or the whole expression where there is none
 *     header location · header location "/orders/(\d+)"
 *     cookie session                as the answer sets it, or as the jar of the iteration has it
 *     status
 *
 * {@link parseExtraction} reads it, {@link formatExtraction} writes the canonical form; parsing that again changes nothing.
 */
export type Extraction =
  | { source: 'json'; path: JsonPath }
  | { source: 'body'; pattern: string }
  /** `name` in lower case. Pattern null: the whole value. */
  | { source: 'header'; name: string; pattern: string | null }
  | { source: 'cookie'; name: string }
  | { source: 'status' }

/** `problem.path` is empty: the caller knows where the expression stands. */
export type ParsedExtraction = { ok: true; extraction: Extraction } | { ok: false; problem: Problem }

const SOURCES = ['$.path', 'body', 'header', 'cookie', 'status']
const MAX_LENGTH = 4096
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+/

export function parseExtraction(expression: string): ParsedExtraction {
  const text = expression.trim()
  if (text.length > MAX_LENGTH) return refuse(`The expression is longer than ${MAX_LENGTH} characters.`, 'Write for example: $.token')
  if (text.startsWith('$')) return parseJson(text)
  const [, word = '', rest = ''] = /^([^\s"']*)\s*([^]*)$/.exec(text) ?? []
  switch (word.toLowerCase()) {
    case 'body': return parsePattern(rest, 'body "token=(\\w+)"', (pattern) => ({ source: 'body', pattern }))
    case 'header': return parseHeader(rest)
    case 'cookie': return TOKEN.exec(rest)?.[0] === rest && rest !== '' ? accept({ source: 'cookie', name: rest }) : refuse(`${show(rest)} is no name of a cookie.`, 'Write for example: cookie session')
    case 'status': return rest === '' ? accept({ source: 'status' }) : refuse('Nothing may follow status.', 'Write: status')
    default: return refuse(text === '' ? 'The expression is empty.' : `${show(word === '' ? text : word)} cannot be extracted.`, didYouMean(word, SOURCES))
  }
}

/** The canonical text. */
export function formatExtraction(extraction: Extraction): string {
  switch (extraction.source) {
    case 'json': return formatJsonPath(extraction.path)
    case 'body': return `body ${JSON.stringify(extraction.pattern)}`
    case 'header': return `header ${extraction.name}${extraction.pattern === null ? '' : ` ${JSON.stringify(extraction.pattern)}`}`
    case 'cookie': return `cookie ${extraction.name}`
    case 'status': return 'status'
  }
}

function parseJson(text: string): ParsedExtraction {
  const parsed = parseJsonPath(text)
  if (!parsed.ok) return refuse(parsed.message, parsed.hint)
  return parsed.rest.trim() === '' ? accept({ source: 'json', path: parsed.path }) : refuse(`Nothing may follow the path ${formatJsonPath(parsed.path)}.`, `Write: ${formatJsonPath(parsed.path)}`)
}

function parseHeader(rest: string): ParsedExtraction {
  const name = TOKEN.exec(rest)?.[0].toLowerCase() ?? ''
  const after = rest.slice(name.length)
  if (name === '' || /^[^\s]/.test(after)) return refuse(`${show(rest)} does not begin with the name of a header.`, 'Write for example: header location')
  if (after.trim() === '') return accept({ source: 'header', name, pattern: null })
  return parsePattern(after.trim(), `header ${name} "/orders/(\\d+)"`, (pattern) => ({ source: 'header', name, pattern }))
}

function parsePattern(written: string, example: string, make: (pattern: string) => Extraction): ParsedExtraction {
  const pattern = unquoteExpression(written.replace(/^matches\s+/i, ''))
  if (pattern === null || written === '') return refuse(written === '' ? 'The expression is missing.' : `The quotes in ${show(written)} are not closed, or text follows them.`, `Write for example: ${example}`)
  return expressionProblem(pattern) ?? accept(make(pattern))
}

function accept(extraction: Extraction): ParsedExtraction {
  return { ok: true, extraction }
}

function refuse(message: string, hint: string): Extract<ParsedExtraction, { ok: false }> {
  return { ok: false, problem: { path: '', message, hint } }
}
