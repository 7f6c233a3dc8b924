/** Bound on the frames that one header block may be cut into: empty ones would come for ever. */
const MAX_FRAMES = 256
const MAX_BYTES = 65_536

/** A header block of which the end has not come yet. */
export class HeaderBlock {
  /** Where it belongs to; only meaningful once one has begun. */
  stream = 0
  endStream = false
  /** Bytes of its frames on the wire. */
  wireBytes = 0
  open = false
  private parts: Buffer[] = []
  private length = 0

  begin(stream: number, endStream: boolean, bytes: Uint8Array, start: number, end: number, wireBytes: number): void {
    this.stream = stream
    this.endStream = endStream
    this.wireBytes = wireBytes
    this.open = true
    this.parts = [Buffer.from(bytes.subarray(start, end))]
    this.length = end - start
  }

  /** False: it is larger than anybody means. */
  add(bytes: Uint8Array, start: number, end: number, wireBytes: number): boolean {
    this.parts.push(Buffer.from(bytes.subarray(start, end)))
    this.length += end - start
    this.wireBytes += wireBytes
    return this.length <= MAX_BYTES && this.parts.length <= MAX_FRAMES
  }

  /** The whole, and forgets it. */
  take(): Buffer {
    const whole = Buffer.concat(this.parts)
    this.parts = []
    this.open = false
    return whole
  }
}
