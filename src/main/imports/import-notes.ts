import { AppError } from '../../shared/errors.ts'
import type { Imported } from '../../shared/contract/contract.ts'
import type { importTexts } from '../../shared/locales/imports.ts'
import type { Sentence } from '../../shared/locales/sentence.ts'

type Key = keyof typeof importTexts
type Suffix<P extends string> = Key extends infer K ? (K extends `${P}${infer Rest}` ? Rest : never) : never
export type TakenKey = Suffix<'imports.taken.'>
export type SkippedKey = Suffix<'imports.skipped.'>

/** So many left out for one reason are named; of more only the number is told. */
const MOST_NAMED = 25

/** What an import took and what it left out; nothing is left out silently, and nothing is told twice. */
export class ImportNotes {
  readonly taken: Sentence[] = []
  readonly #skipped: Imported['skipped'] = []
  readonly #unnamed = new Map<SkippedKey, { n: number; sentence: Sentence }>()
  readonly #named = new Map<SkippedKey, number>()
  readonly #seen = new Set<string>()

  take(key: TakenKey, params: Sentence['params'] = {}): void {
    this.taken.push({ key: `imports.taken.${key}`, params })
  }

  /** @param what as written by the user, shortened for display; never a secret. */
  skip(what: string, key: SkippedKey, params: Sentence['params'] = {}): void {
    const shown = shorten(what)
    if (this.#seen.has(shown)) return
    this.#seen.add(shown)
    const sentence = { key: `imports.skipped.${key}`, params }
    const named = this.#named.get(key) ?? 0
    this.#named.set(key, named + 1)
    if (named < MOST_NAMED) this.#skipped.push({ what: shown, sentence })
    else this.#unnamed.set(key, { n: (this.#unnamed.get(key)?.n ?? 0) + 1, sentence })
  }

  get skipped(): Imported['skipped'] {
    return [...this.#skipped, ...[...this.#unnamed.values()].map(({ n, sentence }) => ({ what: `+${n}`, sentence }))]
  }
}

export function shorten(text: string): string {
  const line = text.slice(0, 2000).replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}

/** Why a text cannot be imported. */
export function refusal(message: string, hint: string, path = 'text'): AppError {
  return new AppError('bad-input', message, { hint, problems: [{ path, message, hint }] })
}
