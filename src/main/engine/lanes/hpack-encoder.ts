import { STATIC_TABLE } from './hpack-tables.ts'
import { encodeHuffman, huffmanLength } from './hpack-huffman.ts'

/** A header block for a peer's HPACK decoder that leaves no trace in its dynamic table, so that it can be sent again and again. */

const INDEXED = 0x80
const LITERAL = 0x00
const NEVER_INDEXED = 0x10

/** Nobody on the way may keep these in a table either (RFC 7541 §7.1.3). */
const SECRETS = new Set(['authorization', 'proxy-authorization', 'cookie'])

const wholeFields = new Map(STATIC_TABLE.map(([name, value], i) => [`${name}\0${value}`, i + 1]))
/** The first of several equal names. */
const names = new Map([...STATIC_TABLE.entries()].reverse().map(([i, [name]]) => [name, i + 1]))

/** @param fields names in lower case. Values leave as UTF-8. */
export function encodeHeaderBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(fields.map(([name, value]) => encodeField(name, value)))
}

function encodeField(name: string, value: string): Buffer {
  const whole = value === '' ? undefined : wholeFields.get(`${name}\0${value}`)
  if (whole !== undefined) return encodeInteger(whole, 7, INDEXED)
  const known = names.get(name)
  const kind = SECRETS.has(name) ? NEVER_INDEXED : LITERAL
  const head = encodeInteger(known ?? 0, 4, kind)
  return Buffer.concat([head, ...(known === undefined ? [encodeText(name)] : []), encodeText(value)])
}

function encodeText(text: string): Buffer {
  const plain = Buffer.from(text, 'utf8')
  if (huffmanLength(plain) >= plain.length) return Buffer.concat([encodeInteger(plain.length, 7, 0), plain])
  const encoded = encodeHuffman(plain)
  return Buffer.concat([encodeInteger(encoded.length, 7, 0x80), encoded])
}

/** RFC 7541 §5.1. @param prefix bits of the first byte that are the integer's. @param flags the other bits. */
export function encodeInteger(value: number, prefix: number, flags: number): Buffer {
  const most = (1 << prefix) - 1
  if (value < most) return Buffer.from([flags | value])
  const bytes = [flags | most]
  let rest = value - most
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  return Buffer.from([...bytes, rest])
}
