import { UnclosedQuote, WordBuilder, endsCommand, isBlank, plainRun } from './word-list.ts'
import type { WordList } from './word-list.ts'

/**
 * Words as PowerShell hands them to curl.exe: '…' with '' for a quote, "…" with "" or `" for one, backtick escapes,
 * a backtick at the end of a line joins lines. \" is a quote in the end, as the C runtime of curl.exe reads it.
 */

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b' }
/** PowerShell takes typographic quotes for quotes. */
const SINGLE = /['‘’]/
const DOUBLE = /["“”]/

export function powershellWords(text: string): WordList {
  const words = new WordBuilder()
  let index = 0
  while (index < text.length) {
    const character = text.charAt(index)
    if (isBlank(character)) {
      words.end()
      index += 1
    } else if (character === '#' && !words.inWord) index = text.indexOf('\n', index) + 1 || text.length
    else if (endsCommand(text, index, words.inWord)) return finish(words, text.slice(index))
    else index = readPiece(text, index, words)
  }
  return finish(words, '')
}

function readPiece(text: string, index: number, words: WordBuilder): number {
  const character = text.charAt(index)
  if (character === '`') return readBacktick(text, index, words)
  if (SINGLE.test(character)) return readSingle(text, index, words)
  if (DOUBLE.test(character)) return readDouble(text, index, words)
  if (character === '$') return readVariable(text, index, words)
  return plainRun(text, index, words)
}

function readBacktick(text: string, index: number, words: WordBuilder): number {
  const join = /^`[ \t]*\r?\n/.exec(text.slice(index, index + 200))
  if (join !== null) return index + join[0].length
  const next = text.charAt(index + 1)
  words.add(Object.hasOwn(ESCAPES, next) ? (ESCAPES[next] ?? '') : next, index)
  return index + 2
}

function readSingle(text: string, index: number, words: WordBuilder): number {
  words.add('', index)
  let at = index + 1
  while (at < text.length) {
    const closing = SINGLE.test(text.charAt(at))
    if (closing && !SINGLE.test(text.charAt(at + 1))) return at + 1
    words.add(text.charAt(at), at)
    at += closing ? 2 : 1
  }
  throw new UnclosedQuote("'", index)
}

function readDouble(text: string, index: number, words: WordBuilder): number {
  words.add('', index)
  let at = index + 1
  while (at < text.length) {
    const character = text.charAt(at)
    const closing = DOUBLE.test(character)
    if (closing && !DOUBLE.test(text.charAt(at + 1))) return at + 1
    if (character === '`') at = readBacktick(text, at, words)
    else if (character === '$') at = readVariable(text, at, words)
    else {
      words.add(character, at)
      at += closing ? 2 : 1
    }
  }
  throw new UnclosedQuote('"', index)
}

function readVariable(text: string, index: number, words: WordBuilder): number {
  const name = /^\$(?:\([^)]{0,500}\)|\{[^}]{0,100}\}|(?:env:)?\w+)/i.exec(text.slice(index, index + 600))?.[0] ?? '$'
  if (name !== '$') words.expansion(name)
  words.add(name, index)
  return index + name.length
}

function finish(words: WordBuilder, tail: string): WordList {
  const list = words.finish(tail)
  return { ...list, words: list.words.map(({ text, at }) => ({ text: text.replace(/\\"/g, '"'), at })) }
}
