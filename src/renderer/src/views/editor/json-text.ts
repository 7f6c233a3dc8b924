/** JSON in the body editor: is it valid, and where not; its tokens for colouring. */

export interface JsonFault {
  /** From 1. */
  line: number
  /** `comma`: one stands before a closing bracket, which can be removed. */
  kind: 'comma' | 'syntax'
  /** Offset in the text. */
  at: number
}

/** Null for valid JSON and for an empty text. */
export function jsonFault(text: string): JsonFault | null {
  if (text.trim() === '') return null
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return locate(text, error instanceof Error ? error.message : '')
  }
}

/** Removes the comma that {@link jsonFault} found. */
export function withoutComma(text: string, fault: JsonFault): string {
  return text.slice(0, fault.at) + text.slice(fault.at + 1)
}

export function looksLikeJson(text: string): boolean {
  return /^\s*[[{"]/.test(text)
}

function locate(text: string, message: string): JsonFault {
  const at = Math.min(Number(/position (\d+)/.exec(message)?.[1] ?? text.length), text.length)
  const comma = /,(\s*)$/.exec(text.slice(0, at))
  const trailing = comma !== null && /[\]}]/.test(text.charAt(at))
  const offset = trailing ? at - (comma[1]?.length ?? 0) - 1 : at
  return { line: text.slice(0, offset).split('\n').length, kind: trailing ? 'comma' : 'syntax', at: offset }
}

export interface Token {
  text: string
  kind: 'key' | 'string' | 'number' | 'plain'
}

const TOKENS = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\b(?:true|false|null)\b/g

/** The text in coloured pieces; joined they give the text again. */
export function jsonTokens(text: string): Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const match of text.matchAll(TOKENS)) {
    if (match.index > end) tokens.push({ text: text.slice(end, match.index), kind: 'plain' })
    const [all, string, colon] = match
    if (string === undefined) tokens.push({ text: all, kind: 'number' })
    else tokens.push({ text: string, kind: colon === undefined ? 'string' : 'key' }, ...(colon === undefined ? [] : [{ text: colon, kind: 'plain' as const }]))
    end = match.index + all.length
  }
  return end < text.length ? [...tokens, { text: text.slice(end), kind: 'plain' }] : tokens
}
