/** Words of a command, and what stood after it or would have been filled in by the shell. */
export interface WordList {
  words: Word[]
  /** Pipes, redirections and further commands, as written; never executed. */
  tail: string
  /** `$TOKEN`, `$(date)`, `%USER%` …: kept as written, and said to be so. */
  expansions: string[]
}

export interface Word {
  text: string
  /** Where it begins in the pasted text. */
  at: number
}

export class UnclosedQuote extends Error {
  readonly quote: string
  readonly at: number

  constructor(quote: string, at: number) {
    super('unclosed quote')
    this.quote = quote
    this.at = at
  }
}

/** More of them would not be read by anyone. */
const MAX_EXPANSIONS = 20

/** Collects the characters of words; a word may be empty when it was quoted. */
export class WordBuilder {
  readonly list: WordList = { words: [], tail: '', expansions: [] }
  #text: string[] = []
  #at = -1

  /** Adds to the current word, which begins at `at` if there is none yet. */
  add(text: string, at: number): void {
    if (this.#at === -1) this.#at = at
    this.#text.push(text)
  }

  end(): void {
    if (this.#at === -1) return
    this.list.words.push({ text: this.#text.join(''), at: this.#at })
    this.#text = []
    this.#at = -1
  }

  get inWord(): boolean {
    return this.#at !== -1
  }

  expansion(text: string): void {
    if (this.list.expansions.length < MAX_EXPANSIONS && !this.list.expansions.includes(text)) this.list.expansions.push(text)
  }

  finish(tail: string): WordList {
    this.end()
    this.list.tail = tail.trim()
    return this.list
  }
}

const PLAIN = /[^\s\u00a0\u200b\ufeff\\'"‘’“”„$`#|;&<>]+/y

/** Adds the characters from the index that mean nothing to any shell (at least the first one) and returns where they end. */
export function plainRun(text: string, index: number, words: WordBuilder): number {
  PLAIN.lastIndex = index
  const run = PLAIN.exec(text)?.[0] ?? text.charAt(index)
  words.add(run, index)
  return index + run.length
}

const BLANK = /[\s\u00a0\u200b\ufeff]/

/** Space between words; no-break and other typographic spaces come from documents. */
export function isBlank(character: string | undefined): boolean {
  return character !== undefined && BLANK.test(character)
}

/**
 * Whether a `|`, `;`, `&`, `>` or `<` at an index ends the command. One in the middle of a word is kept, as in a URL
 * whose author forgot the quotes: http://x/?a=1&b=2.
 */
export function endsCommand(text: string, index: number, inWord: boolean): boolean {
  const sign = text.charAt(index)
  if (sign === '|') return true
  if (sign === '>' || sign === '<') return !inWord
  if (sign !== ';' && sign !== '&') return false
  const next = text.charAt(index + 1)
  return next === '' || isBlank(next) || (sign === '&' && next === '&') || !inWord
}
