import { Http1Head } from './http1-head.ts'

const MAX_WORDS = 1024
const WORD_BYTES = 4
/** After so many heads in a row that were not the known one, only every 64th is learnt. */
const PATIENCE = 16

/**
 * The last head that came in one piece, and what it meant. A fixed request is mostly answered with the very same head
 * (but for `Date`, once a second), and comparing words costs a tenth of parsing bytes. Same bytes, same meaning: the
 * parser has no other input. Works on the one read buffer of a thread, from its first byte.
 */
export class HeadMemo {
  readonly head = new Http1Head()
  /** Bytes of the known head, the empty line included; 0: none is known. */
  length = 0

  private readonly source: Uint8Array
  private readonly live: Int32Array
  private readonly known = new Int32Array(MAX_WORDS)
  private misses = 0

  /** @param source the read buffer; must begin at a multiple of 4 of its memory. */
  constructor(source: Uint8Array) {
    this.source = source
    this.live = new Int32Array(source.buffer, source.byteOffset, Math.min(MAX_WORDS, Math.floor(source.length / WORD_BYTES)))
  }

  /** True when the read buffer holds the known head in front of `end`. */
  matches(bytes: Uint8Array, end: number): boolean {
    const { length, live, known } = this
    if (bytes !== this.source || length === 0 || end < length) return false
    const last = length >> 2
    for (let i = 0; i < last; i++) if (live[i] !== known[i]) return false
    // 1 to 3 bytes are left: what lies behind them is shifted out (all that Node runs on is little-endian).
    const rest = length & 3
    if (rest !== 0 && (live[last]! ^ known[last]!) << (32 - 8 * rest) !== 0) return false
    this.misses = 0
    return true
  }

  /** Remembers the head in `[0, length)` of the read buffer, when it lies there and is not too long. */
  learn(bytes: Uint8Array, length: number, head: Http1Head): void {
    if (bytes !== this.source || length >= this.live.length * WORD_BYTES) return
    if (++this.misses > PATIENCE && (this.misses & 63) !== 0) return
    this.known.set(this.live.subarray(0, (length >> 2) + 1))
    this.length = length
    this.head.copy(head)
  }
}
