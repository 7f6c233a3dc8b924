import { didYouMean, show } from '../suggest.ts'
import type { Problem } from '../errors.ts'
import type { Protocol } from './protocol.ts'

/**
 * Expectation: what ends an iteration over a WebSocket or a TCP connection, or the reading of a stream (`stream: sse`,
 * `stream: chunks`). One line of text:
 *
 *     any            the next message (WebSocket), the first bytes (TCP); the default where something is sent
 *     none           nothing: sent is done
 *     echo           what was sent comes back
 *     pong           what is sent is a ping, and its pong comes back (WebSocket)
 *     contains "id"  a message (WebSocket) or an event (SSE) with this text in it; chunks up to this text
 *     until "\r\n"   bytes up to and with this text (TCP)
 *     bytes 7        so many bytes (TCP, streams)
 *     matches "^OK"  a message, an event, or bytes of TCP, that match the expression
 *     events 10      so many events (SSE)
 *     chunks 10      so many chunks (chunks)
 *     end            the end of the answer; the default for streams
 *
 * {@link parseExpectation} reads it, {@link formatExpectation} writes the canonical form; parsing that again changes nothing.
 */
export type Expectation =
  | { answer: 'any' | 'none' | 'echo' | 'pong' | 'end' }
  | { answer: 'contains' | 'until' | 'matches'; text: string }
  | { answer: 'bytes' | 'events' | 'chunks'; count: number }

/** `problem.path` is empty: the caller knows where the expectation stands. */
export type ParsedExpectation = { ok: true; expectation: Expectation } | { ok: false; problem: Problem }

type Answer = Expectation['answer']
/** What can be expected of something: a protocol, or a way of reading an answer over HTTP. */
export type Speaker = Protocol | 'sse' | 'chunks'

const SPEAKERS: Record<Answer, readonly Speaker[]> = {
  any: ['websocket', 'tcp'],
  none: ['websocket', 'tcp'],
  echo: ['websocket', 'tcp'],
  pong: ['websocket'],
  contains: ['websocket', 'sse', 'chunks'],
  until: ['tcp'],
  bytes: ['tcp', 'sse', 'chunks'],
  matches: ['websocket', 'tcp', 'sse'],
  events: ['sse'],
  chunks: ['chunks'],
  end: ['sse', 'chunks'],
}
const ANSWERS = Object.keys(SPEAKERS) as Answer[]
const EXAMPLES: Record<string, string> = { contains: 'contains "id"', until: 'until "\\r\\n"', bytes: 'bytes 7', matches: 'matches "^OK"', events: 'events 10', chunks: 'chunks 10' }
const MAX_LENGTH = 4096
const MOST = { bytes: 16_777_216, events: 1_000_000, chunks: 1_000_000 }
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
    case 'end':
      return rest === '' ? { ok: true, expectation: { answer } } : refuse(`Nothing may follow ${answer}.`, `Write: ${answer}`)
    case 'bytes':
    case 'events':
    case 'chunks':
      return parseCount(answer, rest)
    default:
      return parseText(answer, rest)
  }
}

/** The canonical text. */
export function formatExpectation(expectation: Expectation): string {
  if ('count' in expectation) return `${expectation.answer} ${expectation.count}`
  return 'text' in expectation ? `${expectation.answer} ${JSON.stringify(expectation.text)}` : expectation.answer
}

/** Whether such an answer can be told of this. */
export function isAnswerOf(speaker: Speaker, { answer }: Expectation): boolean {
  return SPEAKERS[answer].includes(speaker)
}

/** All that can be expected of something, in words. */
export function answersOf(speaker: Speaker): string {
  return ANSWERS.filter((answer) => SPEAKERS[answer].includes(speaker)).map((answer) => EXAMPLES[answer] ?? answer).join(', ')
}

function parseCount(answer: 'bytes' | 'events' | 'chunks', rest: string): ParsedExpectation {
  const count = /^\d{1,9}$/.test(rest) ? Number(rest) : 0
  if (count >= 1 && count <= MOST[answer]) return { ok: true, expectation: { answer, count } }
  return refuse(`${show(rest)} is no number of ${answer} from 1 to ${MOST[answer].toLocaleString('en')}.`, `Write for example: ${EXAMPLES[answer]}`)
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
