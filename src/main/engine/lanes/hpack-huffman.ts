import { CODE_LENGTHS, END_OF_STRING } from './hpack-tables.ts'

/** Texts in the Huffman code of HPACK (RFC 7541 §5.2). */

/** Codes by symbol, made when the first text wants them. */
let codes: Uint32Array | null = null

function codeTable(): Uint32Array {
  if (codes !== null) return codes
  codes = new Uint32Array(CODE_LENGTHS.length)
  let code = 0
  for (let length = 5; length <= 30; length++) {
    CODE_LENGTHS.forEach((bits, symbol) => { if (bits === length) codes![symbol] = code++ })
    code *= 2
  }
  return codes
}

/**
 * The code as a tree: node i has its branches at 2i and 2i + 1; positive leads to a node, a symbol s is stored as −s − 1,
 * and 0 leads nowhere.
 */
let tree: Int16Array | null = null

function codeTree(): Int16Array {
  if (tree !== null) return tree
  tree = new Int16Array(CODE_LENGTHS.length * 2)
  let nodes = 1
  for (const [symbol, code] of codeTable().entries()) {
    let node = 0
    for (let bit = CODE_LENGTHS[symbol]! - 1; bit > 0; bit--) {
      const branch = node * 2 + ((code >>> bit) & 1)
      node = tree[branch] ||= nodes++
    }
    tree[node * 2 + (code & 1)] = -symbol - 1
  }
  return tree
}

/** Bytes that {@link encodeHuffman} makes of a text. */
export function huffmanLength(text: Uint8Array): number {
  let bits = 0
  for (const byte of text) bits += CODE_LENGTHS[byte]!
  return Math.ceil(bits / 8)
}

export function encodeHuffman(text: Uint8Array): Buffer {
  const encoded = Buffer.alloc(huffmanLength(text), 0xff)
  const table = codeTable()
  let at = 0
  for (const byte of text) {
    for (let bit = CODE_LENGTHS[byte]! - 1; bit >= 0; bit--, at++) {
      if (((table[byte]! >>> bit) & 1) === 0) encoded[at >> 3]! &= ~(0x80 >> (at & 7))
    }
  }
  return encoded
}

/** No text gets longer than this when it is decoded: the shortest codes have 5 bits. */
export function mostDecoded(length: number): number {
  return Math.floor((length * 8) / 5)
}

/**
 * Decodes `[start, end)` into `out`, which must have room for {@link mostDecoded}. Returns the length of the text, or −1
 * for a code that stands for nothing: the end within the text, or padding that is not the beginning of it (§5.2).
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, out: Uint8Array): number {
  const branches = codeTree()
  let length = 0
  let node = 0
  let pending = 0
  let allOnes = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    for (let bit = 7; bit >= 0; bit--) {
      const one = (byte >> bit) & 1
      const next = branches[node * 2 + one]!
      pending++
      if (one === 0) allOnes = false
      if (next > 0) node = next
      else if (next === 0 || next === -END_OF_STRING - 1) return -1
      else {
        out[length++] = -next - 1
        node = 0
        pending = 0
        allOnes = true
      }
    }
  }
  return pending < 8 && allOnes ? length : -1
}
