/**
 * The inside of bash's $'…' (bash manual, "ANSI-C Quoting"). Bytes given as \xHH or \ooo are read as UTF-8, as a
 * terminal would; bytes that are none become U+FFFD.
 */

const SIMPLE: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v' }

/** @param start index after the opening quote. `end` is the index after the closing quote, -1 when there is none. */
export function ansiC(text: string, start: number): { value: string; end: number } {
  const parts: string[] = []
  const bytes: number[] = []
  const flush = (): void => {
    if (bytes.length > 0) parts.push(new TextDecoder().decode(Uint8Array.from(bytes.splice(0))))
  }
  let index = start
  while (index < text.length && text.charAt(index) !== "'") {
    const byte = /^\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(text.slice(index, index + 4))
    if (byte !== null) bytes.push(byte[1] === undefined ? parseInt(byte[2] ?? '0', 8) & 0xff : parseInt(byte[1], 16))
    else flush()
    const piece = byte?.[0] ?? pieceAt(text, index)
    if (byte === null) parts.push(meaning(piece))
    index += piece.length
  }
  flush()
  return { value: parts.join(''), end: index < text.length ? index + 1 : -1 }
}

/** One escape sequence or a run of plain characters. */
function pieceAt(text: string, index: number): string {
  const window = text.slice(index, index + 4096)
  return /^\\(?:u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|c[^]|[^])/.exec(window)?.[0] ?? /^[^\\']+/.exec(window)?.[0] ?? text.charAt(index)
}

function meaning(piece: string): string {
  if (!piece.startsWith('\\') || piece.length < 2) return piece
  const letter = piece.charAt(1)
  if ((letter === 'u' || letter === 'U') && piece.length > 2) return codePoint(parseInt(piece.slice(2), 16))
  if (letter === 'c' && piece.length > 2) return String.fromCharCode(piece.charCodeAt(2) & 0x1f)
  if (Object.hasOwn(SIMPLE, letter)) return SIMPLE[letter] ?? ''
  return `'"\\?`.includes(letter) ? letter : piece
}

/** Halves of surrogate pairs are let through: the next \u brings the other half. */
function codePoint(value: number): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : '\ufffd'
}
