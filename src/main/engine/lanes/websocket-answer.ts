import { SEARCHED_BODY_BYTES } from '../measure/check-predicates.ts'
import type { CompiledMessage } from './compiled-request.ts'
import { compilePattern } from './pattern.ts'

/** Tells whether a message is the answer that an iteration waits for. One per connection; messages come one after the other. */
export interface MessageMatcher {
  /** A question goes out. */
  ask(payload: Buffer): void
  start(binary: boolean): void
  part(bytes: Uint8Array, start: number, end: number): void
  /** The message is complete: is it the one? */
  end(): boolean
}

/** Null where no message can be the answer. */
export function messageMatcher({ binary, expect }: CompiledMessage): MessageMatcher | null {
  switch (expect.answer) {
    case 'any':
      return { ask: () => {}, start: () => {}, part: () => {}, end: () => true }
    case 'echo':
      return new EchoMatcher(binary)
    case 'contains': {
      const wanted = Buffer.from(expect.text, 'utf8')
      return new TextMatcher((message) => message.includes(wanted))
    }
    case 'matches': {
      const pattern = compilePattern(expect.text, 'request.expect')
      return new TextMatcher((message) => pattern.test(message.toString('utf8')))
    }
    default:
      return null
  }
}

class EchoMatcher implements MessageMatcher {
  private readonly binary: boolean
  private sent: Buffer = Buffer.alloc(0)
  private same = false
  private length = 0

  constructor(binary: boolean) {
    this.binary = binary
  }

  ask(payload: Buffer): void {
    this.sent = payload
  }

  start(binary: boolean): void {
    this.same = binary === this.binary
    this.length = 0
  }

  part(bytes: Uint8Array, start: number, end: number): void {
    const from = this.length
    this.length += end - start
    if (this.same) this.same = this.length <= this.sent.length && this.sent.compare(bytes, start, end, from, this.length) === 0
  }

  end(): boolean {
    return this.same && this.length === this.sent.length
  }
}

/** Looks at the first MiB of a message. */
class TextMatcher implements MessageMatcher {
  private readonly judge: (message: Buffer) => boolean
  private parts: Buffer[] = []
  private length = 0

  constructor(judge: (message: Buffer) => boolean) {
    this.judge = judge
  }

  ask(): void {}

  start(): void {
    this.parts = []
    this.length = 0
  }

  part(bytes: Uint8Array, start: number, end: number): void {
    const room = SEARCHED_BODY_BYTES - this.length
    if (room <= 0) return
    this.parts.push(Buffer.from(bytes.subarray(start, Math.min(end, start + room))))
    this.length += end - start
  }

  end(): boolean {
    const message = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts)
    this.start()
    return this.judge(message)
  }
}
