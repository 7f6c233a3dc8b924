import { HeadMemo } from '../../src/main/engine/lanes/head-memo.ts'
import { Http1Parser } from '../../src/main/engine/lanes/http1-parser.ts'

/** Everything a parser made of some bytes. */
export interface ParseRun {
  responses: { status: number; reusable: boolean; head: string; body: string }[]
  error: string | null
  /** What `eof()` said at the end; null when the input had failed before. */
  clean: boolean | null
}

export interface ParseOptions {
  collect: boolean
  headOnly?: boolean
  memo?: boolean
}

/**
 * Feeds the parser from one read buffer, as a socket does: every piece is copied to its beginning, and what was there
 * before is overwritten. After a response the rest of its piece is gone, as on a real connection.
 */
export function parse(pieces: Uint8Array[], { collect, headOnly = false, memo = false }: ParseOptions): ParseRun {
  const readBuffer = Buffer.alloc(Math.max(8, ...pieces.map((piece) => piece.length)))
  const run: ParseRun = { responses: [], error: null, clean: null }
  let head = ''
  let body = ''
  const parser = new Http1Parser(
    {
      onStatus: () => collect,
      onHeadLines: (bytes, start, end) => void (head += text(bytes, start, end)),
      onHead: () => undefined,
      onBody: (bytes, start, end) => void (body += text(bytes, start, end)),
      onResponse: (status, reusable) => {
        run.responses.push({ status, reusable, head, body })
        head = body = ''
      },
    },
    headOnly,
    memo ? new HeadMemo(readBuffer) : null,
  )
  for (const piece of pieces) {
    readBuffer.fill(0xee).set(piece)
    if (!parser.push(readBuffer, 0, piece.length)) {
      run.error = parser.error
      return run
    }
  }
  run.clean = parser.eof()
  return run
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('latin1')
}

/** The bytes cut at these offsets. */
export function cutAt(bytes: Uint8Array, offsets: number[]): Uint8Array[] {
  const borders = [0, ...[...new Set(offsets)].filter((at) => at > 0 && at < bytes.length).sort((a, b) => a - b), bytes.length]
  return borders.slice(1).map((end, i) => bytes.subarray(borders[i], end))
}
