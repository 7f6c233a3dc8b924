import type { AnswerReader } from './answer-reader.ts'
import type { Http2Request } from './http2-request.ts'
import type { ResponseCollector } from './response-collector.ts'
import type { Watched } from './timeout-wheel.ts'

/** One iteration on its way over HTTP/2. Made by the lane and reused, whatever connection it then goes by. */
export class Http2Stream<Connection = unknown> implements Watched {
  request: Http2Request
  /** Null: at rest, or handed back by a server that goes away, to be sent again. */
  connection: Connection | null = null
  id = 0
  /** `performance.now()` ms. */
  dueAt = 0
  sentAt = 0
  /** Number of the iteration, see Lane.send. */
  n = 0
  headAt = 0
  deadline = Infinity
  slot = -1
  place = 0
  /** 0: the final head has not come yet. */
  status = 0
  /** −1: not told. */
  contentLength = -1
  content = 0
  /** Bytes of the answer so far, frames included. */
  received = 0
  /** Content since the server was last told that we have room for more. */
  consumed = 0
  interim = 0
  /** Times that a server has handed it back. */
  returned = 0
  collector: ResponseCollector | null = null
  /** Null where an answer has nothing to do but to end. */
  readonly reader: AnswerReader | null
  /** A DATA frame has begun and not ended. */
  inFrame = false
  /** Bytes that the server has room for, and bytes of the body still to be sent. */
  window = 0
  unsent = 0

  constructor(request: Http2Request, reader: AnswerReader | null = null) {
    this.request = request
    this.reader = reader
  }

  /** Of an iteration that begins. */
  begin(dueAt: number, n: number, now: number, deadline: number, request: Http2Request): void {
    this.request = request
    this.dueAt = dueAt
    this.n = n
    this.sentAt = now
    this.deadline = deadline
    this.returned = 0
  }

  /** Of a request that goes out, for the first time or once more. */
  open(connection: Connection, id: number): void {
    this.connection = connection
    this.id = id
    this.headAt = 0
    this.status = 0
    this.contentLength = -1
    this.content = 0
    this.received = 0
    this.consumed = 0
    this.interim = 0
    this.unsent = 0
    this.inFrame = false
    this.reader?.start(this.dueAt, this.sentAt)
  }

  /** Nothing is under way. */
  rest(): void {
    this.connection = null
    this.deadline = Infinity
  }
}
