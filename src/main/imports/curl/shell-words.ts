import { cmdWords } from './cmd-words.ts'
import { refusal } from '../import-notes.ts'
import { posixWords } from './posix-words.ts'
import { powershellWords } from './powershell-words.ts'
import { UnclosedQuote } from './word-list.ts'
import type { WordList } from './word-list.ts'

/** Splits a pasted command into words as the shell would that it was written for. Nothing is ever executed or expanded. */

export type Shell = 'posix' | 'cmd' | 'powershell'

/** Throws AppError `bad-input` with line and column of a quote that is not closed. */
export function splitWords(text: string): WordList {
  try {
    return SPLITTERS[shellOf(text)](text)
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error
    throw refusal(`The quote ${error.quote} opened at ${place(text, error.at)} is not closed.`, 'Copy the whole command again.')
  }
}

const SPLITTERS: Record<Shell, (text: string) => WordList> = { posix: posixWords, cmd: cmdWords, powershell: powershellWords }

/** Told by the sign that joins lines or precedes quotes: `^` of cmd, a backtick of PowerShell; else a POSIX shell. */
export function shellOf(text: string): Shell {
  const unquoted = text.replace(/'[^']*'/g, "''")
  if (/\s\^(?:"|[ \t]*(?:\r?\n|$))/.test(unquoted)) return 'cmd'
  return /\s`[ \t]*\r?\n/.test(unquoted) || (/^\s*curl\.exe\b/i.test(text) && !text.includes('\\\n')) ? 'powershell' : 'posix'
}

/** `line 2, column 14`: how messages name a place in the pasted text. */
export function place(text: string, index: number): string {
  const before = text.slice(0, index)
  return `line ${before.split('\n').length}, column ${index - before.lastIndexOf('\n')}`
}
