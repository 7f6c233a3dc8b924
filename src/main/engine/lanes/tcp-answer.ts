import type { CompiledMessage } from './compiled-request.ts'
import { compilePattern } from './pattern.ts'

/** Finds the end of the answer that an iteration waits for, in bytes that come cut anywhere. One per connection. */
export interface AnswerFinder {
  start(sent: Buffer): void
  /** Takes `[start, end)`. Returns the offset behind the answer, or one of {@link GOES_ON} and {@link WRONG}. */
  find(bytes: Uint8Array, start: number, end: number): number
}

export const GOES_ON = -1
/** What comes cannot become the answer any more. */
export const WRONG = -2

/** An expression is looked for in so many bytes at most. */
export const MOST_MATCHED_BYTES = 16_384

/** Null where nothing is waited for. */
export function answerFinder({ expect }: CompiledMessage): AnswerFinder | null {
  switch (expect.answer) {
    case 'any':
      return { start: () => {}, find: (_bytes, _start, end) => end }
    case 'echo':
      return new EchoFinder()
    case 'bytes':
      return new LengthFinder(expect.count)
    case 'until':
      return new DelimiterFinder(Buffer.from(expect.text, 'utf8'))
    case 'matches':
      return new PatternFinder(expect.text)
    default:
      return null
  }
}

class LengthFinder implements AnswerFinder {
  private readonly length: number
  private left = 0

  constructor(length: number) {
    this.length = length
  }

  start(): void {
    this.left = this.length
  }

  find(_bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.left)
    this.left -= next - start
    return this.left === 0 ? next : GOES_ON
  }
}

class EchoFinder implements AnswerFinder {
  private sent: Buffer = Buffer.alloc(0)
  private at = 0

  start(sent: Buffer): void {
    this.sent = sent
    this.at = 0
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.sent.length - this.at)
    if (this.sent.compare(bytes, start, next, this.at, this.at + next - start) !== 0) return WRONG
    this.at += next - start
    return this.at === this.sent.length ? next : GOES_ON
  }
}

/** Looks at every byte once (Knuth, Morris and Pratt), wherever the delimiter is cut. */
export class DelimiterFinder implements AnswerFinder {
  private readonly delimiter: Buffer
  /** By length of what has matched: how much of it still matches when the next byte does not fit. */
  private readonly fallback: number[]
  private matched = 0

  constructor(delimiter: Buffer) {
    this.delimiter = delimiter
    this.fallback = fallbackOf(delimiter)
  }

  start(): void {
    this.matched = 0
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    const { delimiter, fallback } = this
    for (let at = start; at < end; at++) {
      while (this.matched > 0 && bytes[at] !== delimiter[this.matched]) this.matched = fallback[this.matched]!
      if (bytes[at] === delimiter[this.matched] && ++this.matched === delimiter.length) return at + 1
    }
    return GOES_ON
  }
}

function fallbackOf(delimiter: Buffer): number[] {
  const fallback = [0, 0]
  for (let length = 1, kept = 0; length < delimiter.length; length++) {
    while (kept > 0 && delimiter[length] !== delimiter[kept]) kept = fallback[kept]!
    if (delimiter[length] === delimiter[kept]) kept++
    fallback.push(kept)
  }
  return fallback
}

/** The answer ends with the bytes that make it match; Latin-1, so that every byte is one character. */
class PatternFinder implements AnswerFinder {
  private readonly pattern: ReturnType<typeof compilePattern>
  private text = ''

  constructor(source: string) {
    this.pattern = compilePattern(source, 'request.expect')
  }

  start(): void {
    this.text = ''
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    this.text += Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
    if (this.pattern.test(this.text)) return end
    return this.text.length < MOST_MATCHED_BYTES ? GOES_ON : WRONG
  }
}
