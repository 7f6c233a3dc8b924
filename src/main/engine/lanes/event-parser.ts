/** Data of one event that is kept at most; what is beyond it is not looked into. */
const MOST_DATA_BYTES = 1_048_576

const LF = 10
const CR = 13
const COLON = 58
const SPACE = 32
const DATA = Buffer.from('data')
const NOTHING = Buffer.alloc(0)
const BOM = Buffer.from([0xef, 0xbb, 0xbf])
const LINE_BREAK = Buffer.from('\n')

const LINE_START = 0
const NAME = 1
/** Behind the colon, where one space does not count. */
const VALUE_START = 2
const VALUE = 3
/** A comment, or a field that says nothing of the data. */
const IGNORED = 4

/**
 * Reads the events of a text/event-stream (html.spec.whatwg.org/multipage/server-sent-events.html, §9.2.6) as they come
 * in, cut anywhere. Only what has data is an event; comments, which keep connections alive, are not.
 */
export class EventParser {
  private readonly keepsData: boolean
  private readonly onEvent: (data: Buffer) => boolean
  private state = LINE_START
  /** Bytes of the name that are those of "data". */
  private matched = 0
  private hasData = false
  private afterCR = false
  /** Bytes of the mark that a stream may begin with; −1: past it. */
  private mark = 0
  private parts: Buffer[] = []
  private kept = 0

  /** @param onEvent true: nothing more is read. Its data is empty unless it `keepsData`, lines joined by LF. */
  constructor(keepsData: boolean, onEvent: (data: Buffer) => boolean) {
    this.keepsData = keepsData
    this.onEvent = onEvent
  }

  reset(): void {
    this.state = LINE_START
    this.afterCR = false
    this.mark = 0
    this.forget()
  }

  push(bytes: Uint8Array, start: number, end: number): void {
    let at = this.mark < 0 ? start : this.skipMark(bytes, start, end)
    while (at < end) {
      const byte = bytes[at]!
      if (this.afterCR && byte === LF) {
        this.afterCR = false
        at++
        continue
      }
      this.afterCR = byte === CR
      if (byte === LF || byte === CR) {
        if (this.lineEnd()) return
        at++
      } else at = this.take(bytes, at, end, byte)
    }
  }

  private skipMark(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end && bytes[at] === BOM[this.mark]) {
      at++
      this.mark++
    }
    if (at < end) this.mark = -1
    return at
  }

  private take(bytes: Uint8Array, at: number, end: number, byte: number): number {
    switch (this.state) {
      case LINE_START:
        this.matched = 0
        this.state = byte === COLON ? IGNORED : NAME
        return byte === COLON ? at + 1 : at
      case NAME:
        if (byte === COLON) this.state = this.matched === DATA.length ? this.dataLine() : IGNORED
        else if (byte === DATA[this.matched]) this.matched++
        else this.state = IGNORED
        return at + 1
      case VALUE_START:
        this.state = VALUE
        return byte === SPACE ? at + 1 : at
      default:
        return this.takeRest(bytes, at, end)
    }
  }

  /** To the end of the line. */
  private takeRest(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++
    if (this.state === VALUE) this.keep(bytes, start, at)
    return at
  }

  private dataLine(): typeof VALUE_START {
    if (this.hasData) this.keep(LINE_BREAK, 0, 1)
    this.hasData = true
    return VALUE_START
  }

  /** True: nothing more is read. */
  private lineEnd(): boolean {
    const { state } = this
    this.state = LINE_START
    if (state === NAME && this.matched === DATA.length) this.dataLine()
    if (state !== LINE_START || !this.hasData) return false
    const data = this.parts.length === 1 ? this.parts[0]! : this.parts.length === 0 ? NOTHING : Buffer.concat(this.parts)
    this.forget()
    return this.onEvent(data)
  }

  private keep(bytes: Uint8Array, start: number, end: number): void {
    if (!this.keepsData) return
    const length = Math.min(end - start, MOST_DATA_BYTES - this.kept)
    if (length <= 0) return
    this.parts.push(Buffer.from(bytes.subarray(start, start + length)))
    this.kept += length
  }

  private forget(): void {
    this.hasData = false
    this.parts = []
    this.kept = 0
  }
}
