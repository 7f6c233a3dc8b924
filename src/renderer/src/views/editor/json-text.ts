/** JSON in the body editor: is it valid, and where not; its tokens for colouring. */

export interface JsonFault {
  /** From 1. */
  line: number
  /** `comma`: one stands before a closing bracket, which can be removed. */
  kind: 'comma' | 'syntax'
  /** Offset in the text. */
  at: number
}

/** A variable stands for a value, or for a part of a text. */
const VARIABLES = /\{\{[^{}]*\}\}/g

/** Null for valid JSON and for an empty text. */
export function jsonFault(text: string): JsonFault | null {
  if (text.trim() === '') return null
  try {
    JSON.parse(text.replace(VARIABLES, (variable) => '0'.padEnd(variable.length)))
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
  kind: 'key' | 'string' | 'number' | 'variable' | 'plain'
}

const TOKENS = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|\{\{[^{}]*\}\}|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b|\b(?:true|false|null)\b/g

/** The text in coloured pieces; joined they give the text again. @param variables false: braces mean nothing here. */
export function jsonTokens(text: string, variables = true): Token[] {
  return pieces(text, TOKENS, ([all, string, colon]) => {
    if (string === undefined) return [{ text: all, kind: all.startsWith('{{') ? 'variable' : 'number' }]
    const kind = colon === undefined ? 'string' : 'key'
    return [...(variables ? variableTokens(string, kind) : [{ text: string, kind } as const]), ...(colon === undefined ? [] : [{ text: colon, kind: 'plain' as const }])]
  })
}

/** Plain text with its variables told apart. */
export function variableTokens(text: string, kind: Token['kind'] = 'plain'): Token[] {
  return pieces(text, VARIABLES, ([all]) => [{ text: all, kind: 'variable' }], kind)
}

/** Indented by two; numbers and variables stay as they are written. The text has to be valid. */
export function formatJson(text: string): string {
  const kept: string[] = []
  const bare = text.replace(/"(?:[^"\\\n]|\\.)*"|\{\{[^{}]*\}\}|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (part) => (part.startsWith('"') ? part : `"\\u0000${String(kept.push(part) - 1)}\\u0000"`))
  return JSON.stringify(JSON.parse(bare), null, 2).replace(/"\\u0000(\d+)\\u0000"/g, (_, index) => kept[Number(index)] ?? '')
}

function pieces(text: string, pattern: RegExp, tokensOf: (match: RegExpExecArray) => Token[], between: Token['kind'] = 'plain'): Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) tokens.push({ text: text.slice(end, match.index), kind: between })
    tokens.push(...tokensOf(match))
    end = match.index + match[0].length
  }
  return end < text.length ? [...tokens, { text: text.slice(end), kind: between }] : tokens
}
