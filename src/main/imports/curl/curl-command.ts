import { refusal, shorten } from '../import-notes.ts'
import { place, splitWords } from './shell-words.ts'
import type { AppError } from '../../../shared/errors.ts'
import type { WordList } from './word-list.ts'

/** Finds the one curl command in a pasted text. */

const MAX_CHARACTERS = 1_048_576
const MAX_WORDS = 10_000
export const EXAMPLE = "Paste a command such as: curl -X POST https://api.example.com/orders -H 'content-type: application/json' -d '{}'"

/** The words after `curl`. Throws AppError `bad-input` when the text is something else, or more than one command. */
export function commandOf(text: string): WordList {
  if (text.length > MAX_CHARACTERS) throw refusal('The text is larger than 1 MiB.', 'Paste only the command; send large bodies from a task file.')
  const plain = text.replace(/^\ufeff/, ' ').replace(/^\s*(?:[$#%>]|PS [^>\n]*>|[A-Z]:\\[^>\n]*>)\s*(?=curl)/i, (prompt) => ' '.repeat(prompt.length))
  if (plain.trim() === '') throw refusal('There is no command.', EXAMPLE)
  const list = splitWords(plain)
  const start = list.words.findIndex((word) => isCurl(word.text))
  const before = list.words.slice(0, Math.max(start, 0)).every(({ text: word }) => /^(?:sudo|time|nice|env|exec|&|\w+=.*)$/s.test(word))
  if (start === -1 || !before) throw refusal(`This does not begin with curl: ${shorten(plain)}`, /Invoke-WebRequest|^\s*(?:await\s+)?fetch\(/i.test(plain) ? 'Choose "Copy as cURL" in the browser.' : EXAMPLE)
  const words = list.words.slice(start + 1)
  if (words.length > MAX_WORDS) throw refusal(`The command has more than ${MAX_WORDS.toLocaleString('en')} words.`, 'Paste only the command.')
  const second = words.find((word) => isCurl(word.text) && beginsLine(plain, word.at))
  if (second !== undefined) throw twoCommands(place(plain, second.at))
  if (/^[;&|]+\s*curl\b/.test(list.tail)) throw twoCommands(place(plain, plain.indexOf(list.tail)))
  return { ...list, words }
}

function isCurl(word: string): boolean {
  return /^(?:.*[\\/])?curl(?:\.exe)?$/is.test(word)
}

/** A line of its own, not one that the line before joins to itself. */
function beginsLine(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 200), index)
  return /\n[ \t]*$/.test(before) && !/[\\^`][ \t]*\r?\n[ \t]*$/.test(before)
}

function twoCommands(where: string): AppError {
  return refusal(`A second curl command begins at ${where}.`, 'Import one command at a time.')
}
