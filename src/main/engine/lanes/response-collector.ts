/** Bytes of a head that are collected where nobody asks for more. */
export const MAX_COLLECTED_HEAD = 2048

const FIRST_BODY_BYTES = 4096
const KEPT_BODY_BYTES = 262_144
const KEPT_COLLECTORS = 64

/** Head and body of one response, cut at their bounds. Reused, so its views are valid only until it is given back. */
export class ResponseCollector {
  private readonly maxBodyBytes: number
  private readonly maxHeadBytes: number
  private headBytes = Buffer.allocUnsafeSlow(MAX_COLLECTED_HEAD)
  private bodyBytes = Buffer.alloc(0)
  private headLength = 0
  private bodyLength = 0

  constructor(maxBodyBytes: number, maxHeadBytes = MAX_COLLECTED_HEAD) {
    this.maxBodyBytes = maxBodyBytes
    this.maxHeadBytes = maxHeadBytes
  }

  /** The lines of the head as they came, their ends included, without the empty one. */
  get head(): Buffer {
    return this.headBytes.subarray(0, this.headLength)
  }

  get body(): Buffer {
    return this.bodyBytes.subarray(0, this.bodyLength)
  }

  addHeadLines(bytes: Uint8Array, start: number, end: number): void {
    const length = Math.min(end - start, this.maxHeadBytes - this.headLength)
    if (this.headLength + length > this.headBytes.length) this.growHead()
    this.headBytes.set(bytes.subarray(start, start + length), this.headLength)
    this.headLength += length
  }

  addBody(bytes: Uint8Array, start: number, end: number): void {
    const length = Math.min(end - start, this.maxBodyBytes - this.bodyLength)
    if (length <= 0) return
    this.reserve(this.bodyLength + length)
    this.bodyBytes.set(bytes.subarray(start, start + length), this.bodyLength)
    this.bodyLength += length
  }

  /** What was collected of the body was not meant. */
  clearBody(): void {
    this.bodyLength = 0
  }

  clear(): void {
    this.headLength = 0
    this.bodyLength = 0
    if (this.bodyBytes.length > KEPT_BODY_BYTES) this.bodyBytes = Buffer.alloc(0)
  }

  private growHead(): void {
    const larger = Buffer.allocUnsafeSlow(this.maxHeadBytes)
    this.headBytes.copy(larger, 0, 0, this.headLength)
    this.headBytes = larger
  }

  private reserve(needed: number): void {
    if (needed <= this.bodyBytes.length) return
    const size = Math.min(this.maxBodyBytes, Math.max(FIRST_BODY_BYTES, needed, this.bodyBytes.length * 2))
    const larger = Buffer.allocUnsafeSlow(size)
    this.bodyBytes.copy(larger, 0, 0, this.bodyLength)
    this.bodyBytes = larger
  }
}

/** Lends collectors, so that connections which collect nothing carry none. */
export class CollectorPool {
  private readonly free: ResponseCollector[] = []
  private readonly maxBodyBytes: number
  private readonly maxHeadBytes: number | undefined

  constructor(maxBodyBytes: number, maxHeadBytes?: number) {
    this.maxBodyBytes = maxBodyBytes
    this.maxHeadBytes = maxHeadBytes
  }

  take(): ResponseCollector {
    return this.free.pop() ?? new ResponseCollector(this.maxBodyBytes, this.maxHeadBytes)
  }

  give(collector: ResponseCollector): void {
    collector.clear()
    if (this.free.length < KEPT_COLLECTORS) this.free.push(collector)
  }

  /** Takes back what an exchange may have borrowed. */
  reclaim(borrower: { collector: ResponseCollector | null }): void {
    if (borrower.collector === null) return
    this.give(borrower.collector)
    borrower.collector = null
  }
}
