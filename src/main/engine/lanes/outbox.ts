import type { Socket } from 'node:net'

const LEAST_BYTES = 512
const MOST_BYTES = 65_536

/**
 * What is to be sent on a socket, gathered so that all that one turn produces leaves in one write (and one TLS record).
 * Memory is taken per turn, about as much as the last one needed: a connection at rest holds none.
 */
export class Outbox {
  private readonly socket: Socket
  private chunk: Buffer | null = null
  private length = 0
  private expected = LEAST_BYTES
  /** Somebody is sure to call {@link flush}. */
  private attended = false
  private scheduled = false
  private readonly flushLater = (): void => {
    this.scheduled = false
    this.flush()
  }

  constructor(socket: Socket) {
    this.socket = socket
  }

  /** Bytes that the kernel has not taken yet. */
  get backlog(): number {
    return this.length + this.socket.writableLength
  }

  /** From here to {@link flush} nothing needs to be scheduled. */
  attend(): void {
    this.attended = true
  }

  /** Room for `length` bytes: they begin at the offset returned, in {@link bytes}, and must be written at once. */
  reserve(length: number): number {
    if (this.length > 0 && this.length + length > MOST_BYTES) this.write()
    if (this.chunk === null || this.length + length > this.chunk.length) this.grow(this.length + length)
    if (!this.attended && !this.scheduled) this.schedule()
    const at = this.length
    this.length += length
    return at
  }

  /** Valid until the next {@link reserve}. */
  get bytes(): Buffer {
    return this.chunk!
  }

  add(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.chunk!.set(bytes, at)
  }

  flush(): void {
    this.attended = false
    if (this.length > 0) this.write()
  }

  private write(): void {
    const { chunk, length, socket } = this
    this.chunk = null
    this.length = 0
    this.expected = Math.max(LEAST_BYTES, Math.min(MOST_BYTES, length + (length >> 1)))
    if (!socket.destroyed) socket.write(chunk!.subarray(0, length))
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, this.chunk === null ? this.expected : Math.min(MOST_BYTES, needed * 2)))
    if (this.chunk !== null) larger.set(this.chunk.subarray(0, this.length))
    this.chunk = larger
  }

  private schedule(): void {
    this.scheduled = true
    queueMicrotask(this.flushLater)
  }
}
