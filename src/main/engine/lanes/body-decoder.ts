import zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import { LaneFailure } from './lane-failure.ts'

/**
 * Undoes a Content-Encoding while the body arrives and keeps the first `maxBytes` of what comes out, so that neither
 * an endless body nor a bomb costs memory. A body that is not what it says it is fails as `protocol`.
 */
export class BodyDecoder {
  readonly #coding: string
  readonly #maxBytes: number
  #stream: Transform | null = null
  #kept: Buffer[] = []
  #keptBytes = 0
  #failure: LaneFailure | null = null
  #ended: ((failure: LaneFailure | null, body: Buffer) => void) | null = null

  private constructor(coding: string, maxBytes: number) {
    this.#coding = coding
    this.#maxBytes = maxBytes
  }

  /** Null for an encoding that is not known here (several codings at once included): the body stays as it came. */
  static of(contentEncoding: string | undefined, maxBytes: number): BodyDecoder | null {
    const coding = contentEncoding?.trim().toLowerCase() ?? ''
    return ['gzip', 'x-gzip', 'deflate', 'br'].includes(coding) ? new BodyDecoder(coding, maxBytes) : null
  }

  /** False when `onDrain` has to be awaited before the next chunk. */
  write(chunk: Buffer, onDrain: () => void): boolean {
    if (this.#failure !== null) return true
    this.#stream ??= this.#open(chunk[0] ?? 0)
    if (this.#stream.write(chunk)) return true
    this.#stream.once('drain', onDrain)
    return false
  }

  /** Calls back once, when everything written has been decoded or has proved to be broken. */
  end(ended: (failure: LaneFailure | null, body: Buffer) => void): void {
    this.#ended = ended
    if (this.#stream === null || this.#failure !== null) this.#finish()
    else this.#stream.end()
  }

  /** Frees the decoder; nothing is called back any more. */
  destroy(): void {
    this.#ended = null
    this.#stream?.destroy()
  }

  #open(firstByte: number): Transform {
    const stream = transformOf(this.#coding, firstByte)
    stream.on('data', (decoded: Buffer) => this.#keep(decoded))
    stream.on('end', () => this.#finish())
    stream.on('error', (error) => this.#fail(error))
    return stream
  }

  #keep(decoded: Buffer): void {
    if (this.#keptBytes >= this.#maxBytes) return
    const part = decoded.subarray(0, this.#maxBytes - this.#keptBytes)
    this.#kept.push(part)
    this.#keptBytes += part.length
  }

  #fail(error: Error): void {
    this.#failure = new LaneFailure('protocol', `the body is not ${this.#coding}: ${error.message}`)
    this.#stream?.emit('drain')
    if (this.#ended !== null) this.#finish()
  }

  #finish(): void {
    this.#ended?.(this.#failure, Buffer.concat(this.#kept))
    this.#ended = null
  }
}

/** "deflate" is zlib by the standard and raw deflate by habit of some servers; the first byte tells (RFC 1950 §2.2). */
function transformOf(coding: string, firstByte: number): Transform {
  if (coding === 'br') return zlib.createBrotliDecompress()
  if (coding === 'deflate') return (firstByte & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()
  return zlib.createGunzip()
}
