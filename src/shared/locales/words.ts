import type { Language } from './texts.ts'
import { fill } from './sentence.ts'

/** A text in the reader's language; `{name}` is filled from `params`. */
export type Words<Key extends string> = (key: Key, params?: Record<string, string | number>) => string

/** The texts of a dictionary in one language. */
export function wordsIn<Key extends string>(language: Language, texts: Record<Key, Record<Language, string>>): Words<Key> {
  return (key, params = {}) => fill(texts[key][language], params)
}
