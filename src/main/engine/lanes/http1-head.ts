import { CLOSE, connectionTokens, KEEP_ALIVE, lengthOf, listEndsWith, sameText, statusOf } from './http1-bytes.ts'

/** What delimits the body of a response (RFC 9112 §6.3). */
export type Framing = 'none' | 'length' | 'chunked' | 'close'

/** What a response head says about its own framing and about the connection; nothing else of it is understood. */
export class Http1Head {
  status = 0
  /** -1: no such field. */
  contentLength = -1
  private minor = 1
  private encoded = false
  private chunked = false
  private close = false
  private keepAlive = false

  clear(): void {
    this.status = 0
    this.contentLength = -1
    this.minor = 1
    this.encoded = false
    this.chunked = false
    this.close = false
    this.keepAlive = false
  }

  copy(other: Http1Head): void {
    this.status = other.status
    this.contentLength = other.contentLength
    this.minor = other.minor
    this.encoded = other.encoded
    this.chunked = other.chunked
    this.close = other.close
    this.keepAlive = other.keepAlive
  }

  /** Returns what is wrong with it, or null. */
  readStatusLine(bytes: Uint8Array, start: number, end: number): string | null {
    this.status = statusOf(bytes, start, end)
    if (this.status < 0) return 'bad status line'
    this.minor = bytes[start + 7]! - 48
    return null
  }

  /** Most fields are told apart by the length of their name alone. Returns what is wrong with it, or null. */
  readField(bytes: Uint8Array, start: number, colon: number, end: number): string | null {
    switch (colon - start) {
      case 10:
        if (sameText(bytes, start, colon, 'connection')) this.readConnection(bytes, colon + 1, end)
        return null
      case 14:
        return sameText(bytes, start, colon, 'content-length') ? this.readLength(bytes, colon + 1, end) : null
      case 17:
        if (sameText(bytes, start, colon, 'transfer-encoding')) this.readCoding(bytes, colon + 1, end)
        return null
      default:
        return null
    }
  }

  /** @param headOnly it answers a HEAD request. */
  framing(headOnly: boolean): Framing {
    if (headOnly || this.status === 204 || this.status === 304) return 'none'
    if (this.encoded) return this.chunked ? 'chunked' : 'close'
    if (this.contentLength < 0) return 'close'
    return this.contentLength === 0 ? 'none' : 'length'
  }

  /** May the connection carry another request? Two framings in one head are a sign of smuggling: no. */
  get persistent(): boolean {
    if (this.close || (this.encoded && this.contentLength >= 0)) return false
    return this.minor === 1 || this.keepAlive
  }

  private readConnection(bytes: Uint8Array, start: number, end: number): void {
    const tokens = connectionTokens(bytes, start, end)
    if ((tokens & CLOSE) !== 0) this.close = true
    if ((tokens & KEEP_ALIVE) !== 0) this.keepAlive = true
  }

  private readLength(bytes: Uint8Array, start: number, end: number): string | null {
    const length = lengthOf(bytes, start, end)
    if (length < 0) return 'bad content-length'
    if (this.contentLength >= 0 && this.contentLength !== length) return 'two different content-lengths'
    this.contentLength = length
    return null
  }

  private readCoding(bytes: Uint8Array, start: number, end: number): void {
    this.encoded = true
    this.chunked = listEndsWith(bytes, start, end, 'chunked')
  }
}
