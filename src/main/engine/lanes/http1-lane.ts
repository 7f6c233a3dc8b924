import type { AnswerReader } from './answer-reader.ts'
import type { CompiledRequest } from './compiled-request.ts'
import { readBuffer } from './dial.ts'
import { HeadMemo } from './head-memo.ts'
import { Http1Connection } from './http1-connection.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { SerialLane } from './serial-lane.ts'
import { createStreamReader } from './stream-reader.ts'

/** The raw HTTP/1.1 lane: TCP or TLS, one request at a time per connection. Throws AppError `bad-input` for an unusable certificate. */
export function createHttp1Lane(request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  const traits = { wire: request.wire, source: request.source ?? null, headOnly: request.method === 'HEAD', memo: new HeadMemo(readBuffer), reader: readerOf(request, sink) }
  const destination = { ...request, alpn: ['http/1.1'] }
  return new SerialLane((owner, dial, address, now, deadline) => new Http1Connection(owner, dial, address, traits, now, deadline), destination, options, sink)
}

function readerOf({ stream }: CompiledRequest, sink: LaneSink): (() => AnswerReader) | null {
  return stream === undefined ? null : () => createStreamReader(stream, (dueAt, first, ms) => sink.heard?.(dueAt, first, ms))
}
