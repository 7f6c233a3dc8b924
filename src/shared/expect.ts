import { didYouMean, show } from './suggest.ts'
import type { Problem } from './errors.ts'
import type { Protocol } from './protocol.ts'

/**
 * Expectation: what ends an iteration over a WebSocket or a TCP connection. One line of text:
 *
 *     any            the next message (WebSocket), the first bytes (TCP); the default where something is sent
 *     none           nothing: sent is done
 *     echo           what was sent comes back
 *     pong           what is sent is a ping, and its pong comes back (WebSocket)
 *     contains "id"  a message with this text in it (WebSocket)
 *     until "\r\n"   bytes up to and with this text (TCP)
 *     bytes 7        so many bytes (TCP)
 *     matches "^OK"  a message, or bytes, that match the expression
 *
 * {@link parseExpectation} reads it, {@link formatExpectation} writes the canonical form; parsing that again changes nothing.
 */
export type Expectation =
  | { answer: 'any' | 'none' | 'echo' | 'pong' }
  | { answer: 'contains' | 'until' | 'matches'; text: string }
  | { answer: 'bytes'; count: number }

/** `problem.path` is empty: the caller knows where the expectation stands. */
export type ParsedExpectation = { ok: true; expectation: Expectation } | { ok: false; problem: Problem }

type Answer = Expectation['answer']

const SPEAKERS: Record<Answer, readonly Protocol[]> = {
  any: ['websocket', 'tcp'],
  none: ['websocket', 'tcp'],
  echo: ['websocket', 'tcp'],
  pong: ['websocket'],
  contains: ['websocket'],
  until: ['tcp'],
  bytes: ['tcp'],
  matches: ['websocket', 'tcp'],
}
const ANSWERS = Object.keys(SPEAKERS) as Answer[]
const EXAMPLES: Record<string, string> = { contains: 'contains "id"', until: 'until "\\r\\n"', bytes: 'bytes 7', matches: 'matches "^OK"' }
const MAX_LENGTH = 4096
const MAX_BYTES = 16_777_216
/** What would need backtracking: expressions are matched in linear time, so that no text can stall the generator. */
const BACKTRACKING = /\(\?<?[=!]|\\[1-9]|\\k</

export function parseExpectation(written: string): ParsedExpectation {
  const text = written.trim()
  if (text.length > MAX_LENGTH) return refuse(`The expectation is longer than ${MAX_LENGTH} characters.`, 'Expect a shorter, telling part.')
  const [, word = '', rest = ''] = /^([a-z]*)\s*([^]*)$/i.exec(text) ?? []
  const answer = ANSWERS.find((known) => known === word.toLowerCase())
  if (answer === undefined) return refuse(`${show(text === '' ? written : text)} says nothing of an answer.`, didYouMean(word, ANSWERS))
  switch (answer) {
    case 'any':
    case 'none':
    case 'echo':
    case 'pong':
      return rest === '' ? { ok: true, expectation: { answer } } : refuse(`Nothing may follow ${answer}.`, `Write: ${answer}`)
    case 'bytes':
      return parseBytes(rest)
    default:
      return parseText(answer, rest)
  }
}

/** The canonical text. */
export function formatExpectation(expectation: Expectation): string {
  if ('count' in expectation) return `bytes ${expectation.count}`
  return 'text' in expectation ? `${expectation.answer} ${JSON.stringify(expectation.text)}` : expectation.answer
}

/** Whether such an answer can be told over this protocol. */
export function isAnswerOf(protocol: Protocol, { answer }: Expectation): boolean {
  return SPEAKERS[answer].includes(protocol)
}

/** All that can be expected over a protocol, in words. */
export function answersOf(protocol: Protocol): string {
  return ANSWERS.filter((answer) => SPEAKERS[answer].includes(protocol)).map((answer) => EXAMPLES[answer] ?? answer).join(', ')
}

function parseBytes(rest: string): ParsedExpectation {
  const count = /^\d{1,9}$/.test(rest) ? Number(rest) : 0
  return count >= 1 && count <= MAX_BYTES ? { ok: true, expectation: { answer: 'bytes', count } } : refuse(`${show(rest)} is no number of bytes from 1 to ${MAX_BYTES.toLocaleString('en')}.`, 'Write for example: bytes 7')
}

function parseText(answer: 'contains' | 'until' | 'matches', rest: string): ParsedExpectation {
  const example = `Write for example: ${EXAMPLES[answer]}`
  const text = unquote(rest)
  if (text === null || text === '') return refuse(text === '' ? `${answer} needs a text.` : `The quotes in ${show(rest)} are not closed, or text follows them.`, example)
  if (answer !== 'matches') return { ok: true, expectation: { answer, text } }
  if (BACKTRACKING.test(text)) return refuse(`${show(text)} looks around or back, which takes time without bound.`, 'Write it without (?=, (?!, (?<= and \\1.')
  try {
    new RegExp(text)
    return { ok: true, expectation: { answer, text } }
  } catch {
    return refuse(`${show(text)} is no regular expression.`, example)
  }
}

/** `"json text"` or bare words to the end of the line; null for quotes that do not close. */
function unquote(text: string): string | null {
  if (!text.startsWith('"')) return text
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

function refuse(message: string, hint: string): ParsedExpectation {
  return { ok: false, problem: { path: '', message, hint } }
}
