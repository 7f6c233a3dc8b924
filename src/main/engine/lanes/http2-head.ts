import type { HpackDecoder } from './hpack-decoder.ts'
import { HpackReader } from './hpack-reader.ts'
import { STATIC_TABLE } from './hpack-tables.ts'

/** Of connections, not of answers: has no place in HTTP/2 (RFC 9113 §8.2.2). */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'])
/** RFC 9113 §8.2.1: what a name may consist of, pseudo-fields aside. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const FORBIDDEN_IN_VALUE = /[\0\r\n]/
const STATUS = /^[1-9]\d\d$/
const LENGTH = /^\d{1,15}$/

const FIRST_STATUS = 8
const LAST_STATUS = 14
const CONTENT_LENGTH = 28
const STATUSES = STATIC_TABLE.slice(FIRST_STATUS - 1, LAST_STATUS).map(([, value]) => Number(value))

/**
 * What the header blocks of a server say. Mostly the status and the length are all that anybody wants: then texts are
 * stepped over. The whole is read while the server uses a dynamic table, for whoever wants the text of a head, and
 * where something looks odd.
 */
export class Http2Head {
  status = 0
  /** −1: not told. */
  contentLength = -1
  /** What was wrong, for a person. */
  error: string | null = null

  private readonly decoder: HpackDecoder
  private readonly reader = new HpackReader()
  /** Fields of the present block, where it has been read whole: name, value, name, value, … */
  private fields: string[] = []
  private readonly take = (name: string, value: string): void => void this.fields.push(name, value)
  /** The last block of which the text was wanted, and its text. */
  private known: Buffer = Buffer.alloc(0)
  private knownText: Buffer = Buffer.alloc(0)

  constructor(decoder: HpackDecoder) {
    this.decoder = decoder
  }

  /** The error is one of the whole connection: header blocks cannot be told apart any more. */
  get lost(): boolean {
    return this.decoder.error !== null
  }

  /** Reads a head. False: see {@link error}. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.clear()
    if (this.decoder.stateless && this.skim(bytes, start, end)) return true
    this.contentLength = -1
    return this.readWhole(bytes, start, end) && this.judge(true)
  }

  /** Reads the fields behind a body; they are kept for {@link field}. False: see {@link error}. */
  readTrailers(bytes: Uint8Array, start: number, end: number): boolean {
    this.clear()
    return this.readWhole(bytes, start, end) && this.judge(false)
  }

  /** The head just read as it would stand in HTTP/1: `HTTP/2 200`, then the fields. Null: see {@link error}. */
  text(bytes: Uint8Array, start: number, end: number): Buffer | null {
    const stateless = this.decoder.stateless
    if (stateless && this.known.length > 0 && this.known.compare(bytes, start, end) === 0) return this.knownText
    if (this.fields.length === 0 && !(this.readWhole(bytes, start, end) && this.judge(true))) return null
    this.knownText = this.format()
    this.known = stateless ? Buffer.from(bytes.subarray(start, end)) : Buffer.alloc(0)
    return this.knownText
  }

  /** Reads a head whole that was perhaps only skimmed, for {@link field}. False: see {@link error}. */
  readFields(bytes: Uint8Array, start: number, end: number): boolean {
    return this.fields.length > 0 || (this.readWhole(bytes, start, end) && this.judge(true))
  }

  /** Value of a field of the block just read, where it was read whole. @param name in lower case. */
  field(name: string): string | undefined {
    for (let i = 0; i < this.fields.length; i += 2) if (this.fields[i] === name) return this.fields[i + 1]
    return undefined
  }

  /** The fields of the block just read, as lines. */
  lines(): string {
    let text = ''
    for (let i = 0; i < this.fields.length; i += 2) if (!this.fields[i]!.startsWith(':')) text += `${this.fields[i]}: ${this.fields[i + 1]}\r\n`
    return text
  }

  private clear(): void {
    this.status = 0
    this.contentLength = -1
    this.error = null
    this.fields = []
  }

  private format(): Buffer {
    return Buffer.from(`HTTP/2 ${this.status}\r\n${this.lines()}`, 'latin1')
  }

  private readWhole(bytes: Uint8Array, start: number, end: number): boolean {
    return this.decoder.decode(bytes, start, end, this.take) || this.fail(this.decoder.error!)
  }

  /** Status and length of a plain head. False: not plain, so to be read whole. */
  private skim(bytes: Uint8Array, start: number, end: number): boolean {
    const { reader } = this
    reader.open(bytes, start, end)
    const status = this.skimStatus()
    if (status === 0) return false
    while (!reader.atEnd) {
      const first = reader.peek
      const index = reader.integer(first >= 0x80 ? 7 : first >= 0x40 ? 6 : 4)
      const odd = (first & 0xe0) === 0x20 || index < 0 || index > STATIC_TABLE.length || (index > 0 && index <= LAST_STATUS)
      if (odd || (first >= 0x80 ? index === 0 : !this.skimLiteral(index))) return false
    }
    this.status = status
    return true
  }

  /** 0: the block does not begin with a plain status. */
  private skimStatus(): number {
    const { reader } = this
    if (reader.atEnd) return 0
    const first = reader.peek
    if ((first & 0xe0) === 0x20) return 0
    const index = reader.integer(first >= 0x80 ? 7 : first >= 0x40 ? 6 : 4)
    if (index < FIRST_STATUS || index > LAST_STATUS) return 0
    if (first >= 0x80) return STATUSES[index - FIRST_STATUS]!
    return statusOf(reader.text())
  }

  private skimLiteral(index: number): boolean {
    const { reader } = this
    if (index === 0 && !reader.skipText()) return false
    if (index !== CONTENT_LENGTH) return reader.skipText()
    const length = reader.text()
    return length !== null && this.lengthKnown(length)
  }

  /** What a receiver must not let pass (RFC 9113 §8.2, §8.3). */
  private judge(head: boolean): boolean {
    const { fields } = this
    for (let i = 0; i < fields.length; i += 2) {
      const wrong = fields[i]!.startsWith(':') ? this.judgePseudo(head && i === 0, fields[i]!, fields[i + 1]!) : this.judgeField(fields[i]!, fields[i + 1]!)
      if (wrong !== null) return this.fail(wrong)
    }
    return !head || this.status !== 0 || this.fail('head without a status')
  }

  private judgePseudo(expected: boolean, name: string, value: string): string | null {
    if (!expected || name !== ':status') return `${name === ':status' ? 'status' : 'pseudo-header'} where none belongs`
    this.status = statusOf(value)
    return this.status === 0 ? 'bad status' : null
  }

  private judgeField(name: string, value: string): string | null {
    if (!NAME.test(name)) return 'bad header name'
    if (FORBIDDEN_IN_VALUE.test(value)) return 'control character in the head'
    if (OF_CONNECTION.has(name)) return 'header of HTTP/1 connections'
    if (name === 'content-length' && !this.lengthKnown(value)) return LENGTH.test(value) ? 'two different content-lengths' : 'bad content-length'
    return null
  }

  private lengthKnown(text: string): boolean {
    if (!LENGTH.test(text) || (this.contentLength >= 0 && this.contentLength !== Number(text))) return false
    this.contentLength = Number(text)
    return true
  }

  private fail(what: string): false {
    this.error = what
    return false
  }
}

function statusOf(text: string | null): number {
  return text !== null && STATUS.test(text) ? Number(text) : 0
}
