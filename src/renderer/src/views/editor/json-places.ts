import { formatJsonPath } from '../../../../shared/task/json-path.ts'
import { jsonTokens, type Token } from './json-text.ts'

/** A piece of a JSON text; a value that can be chosen knows its place. */
export interface Piece extends Token {
  path?: string
}

interface Level {
  /** Null in an object before its first key. */
  at: string | number | null
  list: boolean
}

/** The tokens of a valid JSON text, each single value with its path. Numbers stay as written: no digit is lost by reading them. */
export function jsonPieces(text: string): Piece[] {
  const levels: Level[] = []
  return jsonTokens(text, false).flatMap((token): Piece[] => {
    if (token.kind === 'key') {
      const level = levels.at(-1)
      if (level !== undefined) level.at = JSON.parse(token.text) as string
      return [token]
    }
    if (token.kind !== 'plain') return [{ ...token, path: formatJsonPath({ steps: levels.map(({ at }) => at) }) }]
    for (const sign of token.text) follow(levels, sign)
    return [token]
  })
}

function follow(levels: Level[], sign: string): void {
  if (sign === '{' || sign === '[') levels.push({ at: sign === '[' ? 0 : null, list: sign === '[' })
  if (sign === '}' || sign === ']') levels.pop()
  const level = levels.at(-1)
  if (sign === ',' && level?.list === true) level.at = Number(level.at) + 1
}
