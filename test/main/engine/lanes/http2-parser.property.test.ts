import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, frame, settingsFrame } from '../../../../src/main/engine/lanes/http2-frames.ts'
import { Http2Parser } from '../../../../src/main/engine/lanes/http2-parser.ts'
import type { FrameHandler } from '../../../../src/main/engine/lanes/http2-parser.ts'
import { cutAt } from '../../../support/parse-run.ts'
import { cuts } from '../../../support/response-like.ts'

/** What a parser made of the pieces: its calls in order, the pieces of one content put together. */
function parse(pieces: Uint8Array[]): { heard: string[]; error: string | null; inFrame: boolean } {
  const heard: string[] = []
  let content = ''
  const handler: FrameHandler = {
    onHeaders: (stream, block, start, end, endStream, bytes) => heard.push(`headers ${stream} ${Buffer.from(block.subarray(start, end)).toString('hex')} ${endStream} ${bytes}`),
    onData: (_stream, bytes, start, end) => void (content += Buffer.from(bytes.subarray(start, end)).toString('hex')),
    onDataEnd: (stream, length, endStream) => {
      heard.push(`data ${stream} ${content} ${length} ${endStream}`)
      content = ''
    },
    onReset: (stream, code) => heard.push(`reset ${stream} ${code}`),
    onSettings: (bytes, start, end) => heard.push(`settings ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`),
    onSettingsAck: () => heard.push('ack'),
    onPing: (bytes, start) => heard.push(`ping ${Buffer.from(bytes.subarray(start, start + 8)).toString('hex')}`),
    onGoaway: (last, code) => heard.push(`goaway ${last} ${code}`),
    onWindowUpdate: (stream, increment) => heard.push(`window ${stream} ${increment}`),
  }
  const parser = new Http2Parser(handler)
  // Every piece lies elsewhere in memory, as reads do; what was read before is overwritten.
  const buffer = Buffer.alloc(70_000)
  for (const piece of pieces) {
    buffer.fill(0xaa)
    buffer.set(piece, 7)
    if (!parser.push(buffer, 7, 7 + piece.length)) break
  }
  return { heard, error: parser.error, inFrame: parser.inFrame }
}

const payload = fc.uint8Array({ maxLength: 60 })
const stream = fc.constantFrom(0, 1, 3)
const flags = fc.constantFrom(0, END_STREAM, END_HEADERS, END_STREAM | END_HEADERS, PADDED, PADDED | END_STREAM | END_HEADERS, 0xff)
const type = fc.constantFrom(DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION, 0x42)
const anyFrame = fc.tuple(type, flags, stream, payload).map(([kind, bits, id, bytes]) => frame(kind, bits, id, bytes))
const goodFrame = fc.oneof(
  payload.map((bytes) => frame(DATA, END_STREAM, 1, bytes)),
  payload.map((bytes) => frame(DATA, PADDED, 3, Buffer.concat([Buffer.from([2]), bytes, Buffer.alloc(2)]))),
  payload.map((bytes) => frame(HEADERS, END_HEADERS, 1, bytes)),
  fc.tuple(payload, payload).map(([first, second]) => Buffer.concat([frame(HEADERS, 0, 1, first), frame(CONTINUATION, END_HEADERS, 1, second)])),
  fc.constant(frame(SETTINGS, ACK, 0)),
  fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => frame(PING, 0, 0, bytes)),
)
const greeting = settingsFrame([[3, 100]])
const conversation = fc.array(fc.oneof({ weight: 3, arbitrary: goodFrame }, { weight: 1, arbitrary: anyFrame }), { maxLength: 12 }).map((parts) => Buffer.concat([greeting, ...parts]))

describe('the frame parser, given anything at all', () => {
  it('comes to the same end however the bytes are cut', () => {
    fc.assert(
      fc.property(conversation, cuts, (bytes, offsets) => {
        expect(parse(cutAt(bytes, offsets))).toEqual(parse([bytes]))
      }),
      { numRuns: 3000 },
    )
  })

  it('takes a conversation byte by byte', () => {
    fc.assert(
      fc.property(conversation, (bytes) => {
        expect(parse(Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(parse([bytes]))
      }),
      { numRuns: 500 },
    )
  })

  it('neither throws nor reads on after an error, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (noise, offsets) => {
        for (const bytes of [Buffer.from(noise), Buffer.concat([greeting, noise])]) {
          const whole = parse([bytes])
          expect(parse(cutAt(bytes, offsets)).error).toBe(whole.error)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
