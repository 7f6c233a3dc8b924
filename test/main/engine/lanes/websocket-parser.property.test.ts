import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BINARY, CLOSE, PING, PONG, TEXT, closePayload, encodeFrame } from '../../../../src/main/engine/lanes/websocket-frames.ts'
import { WebSocketParser } from '../../../../src/main/engine/lanes/websocket-parser.ts'
import { message } from '../../../conformance/websocket-peer.ts'
import { cutAt } from '../../../support/parse-run.ts'
import { cuts } from '../../../support/response-like.ts'

/** What a parser made of the pieces: its calls in order, the pieces of one message put together. */
function parse(pieces: Uint8Array[]): { heard: string[]; error: string | null; within: boolean } {
  const heard: string[] = []
  let content = ''
  const parser = new WebSocketParser({
    onMessage: (binary) => void (content = binary ? 'binary ' : 'text '),
    onContent: (bytes, start, end) => void (content += Buffer.from(bytes.subarray(start, end)).toString('hex')),
    onMessageEnd: () => heard.push(content),
    onPing: (payload) => heard.push(`ping ${payload.toString('hex')}`),
    onPong: (payload) => heard.push(`pong ${payload.toString('hex')}`),
    onClose: (code) => heard.push(`close ${code}`),
  })
  // What was read before is overwritten, as in the one read buffer of a thread.
  const buffer = Buffer.alloc(70_000)
  for (const piece of pieces) {
    buffer.fill(0xaa).set(piece, 3)
    if (!parser.push(buffer, 3, 3 + piece.length)) break
  }
  return { heard, error: parser.error, within: parser.within }
}

const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
const control = fc.uint8Array({ maxLength: 125 }).map((bytes) => Buffer.from(bytes))
const frame = fc.oneof(
  fc.tuple(fc.constantFrom(TEXT, BINARY), payload).map(([opcode, bytes]) => message(opcode, bytes)),
  fc.tuple(payload, payload, control).map(([first, second, ping]) => Buffer.concat([message(TEXT, first, 0), message(PING, ping), message(0, second)])),
  control.map((bytes) => message(PONG, bytes)),
  fc.constant(message(CLOSE, closePayload(1000))),
  { weight: 1, arbitrary: fc.tuple(fc.nat(15), payload, fc.constantFrom(0, 0x80, 0xc0)).map(([opcode, bytes, flags]) => message(opcode, bytes, flags)) },
)
const conversation = fc.array(frame, { maxLength: 8 }).map((parts) => Buffer.concat(parts))

describe('the WebSocket parser, given anything at all', () => {
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
      { numRuns: 300 },
    )
  })

  it('neither throws nor reads on after an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), cuts, (noise, offsets) => {
        expect(parse(cutAt(noise, offsets)).error).toBe(parse([Buffer.from(noise)]).error)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a frame of ours', () => {
  it('is masked with a key of its own, and holds what was sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 65_530, maxLength: 65_540 })), (sent) => {
        const bytes = encodeFrame(BINARY, sent)
        const start = bytes.length - sent.length
        const key = bytes.subarray(start - 4, start)
        expect(bytes[1]! & 0x80).toBe(0x80)
        expect(Buffer.from(bytes.subarray(start).map((byte, i) => byte ^ key[i & 3]!))).toEqual(Buffer.from(sent))
      }),
      { numRuns: 200 },
    )
    const keys = Array.from({ length: 2000 }, () => encodeFrame(TEXT, Buffer.alloc(0)).readUInt32BE(2))
    expect(new Set(keys).size).toBeGreaterThan(1990)
  })
})
