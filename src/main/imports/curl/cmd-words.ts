import { UnclosedQuote, WordBuilder, endsCommand, isBlank } from './word-list.ts'
import type { WordList } from './word-list.ts'

/**
 * Words as Windows' cmd.exe and the C runtime see them, in their two steps: cmd takes carets away (^" is a quote that
 * it ignores, ^ before a line break joins lines, and the character after that is literal), then the runtime splits at
 * spaces outside quotes (\" and "" are quotes inside quotes). What browsers copy "as cURL (cmd)" needs both.
 */
export function cmdWords(text: string): WordList {
  const words = new WordBuilder()
  const { characters, tail } = withoutCarets(text)
  for (const name of text.match(/%[A-Za-z_][\w]{0,60}%/g) ?? []) words.expansion(name)
  let quotedAt = -1
  for (let index = 0; index < characters.length; index += 1) {
    const { character, at } = characters[index] ?? { character: '', at: 0 }
    const slashes = backslashes(characters, index)
    const quote = characters[index + slashes]?.character === '"'
    if (slashes > 0) {
      words.add('\\'.repeat(quote ? Math.floor(slashes / 2) : slashes), at)
      index += slashes - 1
      if (!quote || slashes % 2 === 0) continue
      words.add('"', at)
      index += 1
    } else if (quote && quotedAt !== -1 && characters[index + 1]?.character === '"') {
      words.add('"', at)
      index += 1
    } else if (quote) {
      words.add('', at)
      quotedAt = quotedAt === -1 ? at : -1
    } else if (quotedAt === -1 && isBlank(character)) words.end()
    else words.add(character, at)
  }
  if (quotedAt !== -1) throw new UnclosedQuote('"', quotedAt)
  return words.finish(tail)
}

interface Placed {
  character: string
  at: number
}

/** cmd's own step; what follows an operator outside quotes is the tail. */
function withoutCarets(text: string): { characters: Placed[]; tail: string } {
  const characters: Placed[] = []
  let quoted = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index)
    if (character === '^' && !quoted) {
      const join = /^\^[ \t]*\r?\n/.exec(text.slice(index, index + 200))
      index += join === null ? 1 : join[0].length
      if (text.charAt(index) === '\r' && text.charAt(index + 1) === '\n') index += 1
      if (index < text.length) characters.push({ character: text.charAt(index), at: index })
      continue
    }
    if (character === '"') quoted = !quoted
    if (!quoted && character !== ';' && endsCommand(text, index, !isBlank(text.charAt(index - 1)))) return { characters, tail: text.slice(index) }
    characters.push({ character, at: index })
  }
  return { characters, tail: '' }
}

function backslashes(characters: readonly Placed[], index: number): number {
  let count = 0
  while (characters[index + count]?.character === '\\') count += 1
  return count
}
