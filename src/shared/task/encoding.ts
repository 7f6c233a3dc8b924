import type { DataEncoding } from './task.ts'

/** Bytes at the beginning of a file that say what it is written in. */
const MARKS: [bytes: number[], encoding: DataEncoding][] = [[[0xef, 0xbb, 0xbf], 'utf-8'], [[0xff, 0xfe], 'utf-16le'], [[0xfe, 0xff], 'utf-16be']]
/** Of the characters beyond ASCII so many are everyday ones in a Chinese text; by chance far fewer. */
const EVERYDAY_SHARE = 0.5

/** Bytes of the mark at the beginning; 0 without one. */
export function markLength(bytes: Uint8Array): number {
  return MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))?.[0].length ?? 0
}

/** What a text is written in, by its first bytes: by its mark, else by what it can be read as. @param whole false: it may end within a character. */
export function detectEncoding(bytes: Uint8Array, whole: boolean): DataEncoding {
  const marked = MARKS.find(([mark]) => mark.every((byte, i) => bytes[i] === byte))
  if (marked !== undefined) return marked[1]
  const wide = widthOf(bytes)
  if (wide !== null) return wide
  if (canBe('utf-8', bytes, whole)) return 'utf-8'
  return isChinese(bytes) && canBe('gbk', bytes, whole) ? 'gbk' : 'windows-1252'
}

/** Without the mark. */
export function decode(bytes: Uint8Array, encoding: DataEncoding): string {
  return new TextDecoder(encoding).decode(bytes)
}

/** UTF-16 without a mark: every other byte of a mostly Latin text is 0. */
function widthOf(bytes: Uint8Array): DataEncoding | null {
  const zeros = [0, 0]
  const length = Math.min(bytes.length, 4096) & ~1
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1]!++
  if (length < 4) return null
  if (zeros[1]! > length / 8 && zeros[0] === 0) return 'utf-16le'
  return zeros[0]! > length / 8 && zeros[1] === 0 ? 'utf-16be' : null
}

function canBe(encoding: DataEncoding, bytes: Uint8Array, whole: boolean): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: !whole })
    return true
  } catch {
    return false
  }
}

/** Level 1 of GB 2312, its 3,755 everyday characters, has lead bytes B0–D7 and trail bytes from A1 on. */
function isChinese(bytes: Uint8Array): boolean {
  let characters = 0
  let everyday = 0
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x80) continue
    characters++
    const [lead, trail] = [bytes[i]!, bytes[i + 1] ?? 0]
    if (lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1) everyday++
    if (trail >= 0x40) i++
  }
  return characters > 0 && everyday / characters >= EVERYDAY_SHARE
}
