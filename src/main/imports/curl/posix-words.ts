import { ansiC } from './ansi-c.ts'
import { UnclosedQuote, WordBuilder, endsCommand, isBlank, plainRun } from './word-list.ts'
import type { WordList } from './word-list.ts'

/**
 * Words as bash and zsh split them: '…', "…", $'…', \ and line continuations (also with a stray space after the \).
 * Typographic quotes of a document count as quotes where a word begins. Substitutions stay literal.
 */
export function posixWords(text: string): WordList {
  const words = new WordBuilder()
  let index = 0
  while (index < text.length) {
    const character = text.charAt(index)
    if (isBlank(character)) {
      words.end()
      index += 1
    } else if (character === '#' && !words.inWord) index = lineEnd(text, index)
    else if (endsCommand(text, index, words.inWord)) return words.finish(text.slice(index))
    else index = readPiece(text, index, words)
  }
  return words.finish('')
}

/** Longer ones are read as plain text; the bound keeps a text full of `$(` from taking for ever. */
const MAX_SUBSTITUTION = 300

/** Adds what begins at the index to the current word and returns where it ends. */
function readPiece(text: string, index: number, words: WordBuilder): number {
  const character = text.charAt(index)
  switch (character) {
    case '\\': return readEscape(text, index, words)
    case "'": return readQuoted(text, index, "'", words)
    case '"': return readDouble(text, index, words)
    case '‘': case '’': return readTypographic(text, index, '‘’', words)
    case '“': case '”': case '„': return readTypographic(text, index, '“”', words)
    case '$': return readDollar(text, index, words)
    case '`': return readSubstitution(text, index, words)
  }
  return plainRun(text, index, words)
}

function readEscape(text: string, index: number, words: WordBuilder): number {
  const join = /^\\[ \t]*\r?\n/.exec(text.slice(index, index + 200))
  if (join !== null) return index + join[0].length
  const next = text.codePointAt(index + 1)
  const literal = next === undefined ? '\\' : String.fromCodePoint(next)
  words.add(literal, index)
  return index + 1 + (next === undefined ? 0 : literal.length)
}

function readQuoted(text: string, index: number, quote: string, words: WordBuilder): number {
  const end = text.indexOf(quote, index + 1)
  if (end === -1) throw new UnclosedQuote(quote, index)
  words.add(text.slice(index + 1, end), index)
  return end + 1
}

/** In the middle of a word it is an apostrophe. */
function readTypographic(text: string, index: number, closing: string, words: WordBuilder): number {
  let end = index + 1
  if (words.inWord) {
    words.add(text.charAt(index), index)
    return end
  }
  while (end < text.length && !closing.includes(text.charAt(end))) end += 1
  if (end === text.length) throw new UnclosedQuote(text.charAt(index), index)
  words.add(text.slice(index + 1, end), index)
  return end + 1
}

function readDouble(text: string, index: number, words: WordBuilder): number {
  words.add('', index)
  let at = index + 1
  while (at < text.length && text.charAt(at) !== '"') {
    const pair = /^\\(?:\r?\n|[$`"\\])/.exec(text.slice(at, at + 3))?.[0]
    if (pair !== undefined) {
      words.add(pair.endsWith('\n') ? '' : pair.slice(1), at)
      at += pair.length
    } else if (text.charAt(at) === '$' || text.charAt(at) === '`') at = readSubstitution(text, at, words)
    else {
      const plain = /^[^"\\$`]+/.exec(text.slice(at, at + 4096))?.[0] ?? text.charAt(at)
      words.add(plain, at)
      at += plain.length
    }
  }
  if (at >= text.length) throw new UnclosedQuote('"', index)
  return at + 1
}

function readDollar(text: string, index: number, words: WordBuilder): number {
  const next = text.charAt(index + 1)
  if (next === '"') return readDouble(text, index + 1, words)
  if (next !== "'") return readSubstitution(text, index, words)
  const { value, end } = ansiC(text, index + 2)
  if (end === -1) throw new UnclosedQuote("$'", index)
  words.add(value, index)
  return end
}

/** `$(…)`, `${…}`, `$NAME` and backticks: one literal piece, spaces and quotes included. */
function readSubstitution(text: string, index: number, words: WordBuilder): number {
  const name = /^\$(?:\w+|[@*#?!-](?=["'\s]|$))/.exec(text.slice(index, index + 200))?.[0]
  const end = name === undefined ? substitutionEnd(text, index) : index + name.length
  const literal = text.slice(index, end)
  if (literal.length > 1) words.expansion(literal)
  words.add(literal, index)
  return end
}

/** After the matching parenthesis (one may be nested), brace or backtick; right after the sign when there is none. */
function substitutionEnd(text: string, index: number): number {
  if (text.charAt(index) === '`') return text.indexOf('`', index + 1) + 1 || index + 1
  const piece = /^\$(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\{[^{}]*\})/.exec(text.slice(index, index + MAX_SUBSTITUTION))?.[0] ?? '$'
  return index + piece.length
}

function lineEnd(text: string, index: number): number {
  const end = text.indexOf('\n', index)
  return end === -1 ? text.length : end
}
