import type { Language, Texts } from './texts.ts'
import { capacityTexts } from './capacity.ts'
import { compareTexts } from './compare.ts'
import { importTexts } from './imports.ts'
import { noticeTexts } from './notice.ts'
import { redisTexts } from './redis.ts'
import { successionTexts } from './succession.ts'
import { verdictTexts } from './verdict.ts'

/** A sentence in the language of the reader: key of `locales/`, with its parameters. */
export interface Sentence {
  key: string
  params: Record<string, string | number>
}

const texts: Texts = { ...capacityTexts, ...compareTexts, ...importTexts, ...noticeTexts, ...redisTexts, ...successionTexts, ...verdictTexts }

/** Parameters that hold what a store, the engine or a door has said, in English at its source. */
const SAID: ReadonlySet<string> = new Set(['detail', 'message', 'reason', 'text', 'what', 'why'])

/**
 * A sentence of the core in the reader's language. One whose key is unknown (of a newer version) shows its key.
 * `said`: what its parameters quote, in that language.
 */
export function sentenceIn(language: Language, sentence: Sentence, said: (text: string) => string): string {
  const text = Object.hasOwn(texts, sentence.key) ? texts[sentence.key]?.[language] : undefined
  const quoted = Object.fromEntries(quotesOf(sentence).map(([name, value]) => [name, said(value)]))
  return fill(text ?? sentence.key, { ...sentence.params, ...quoted })
}

/** What a sentence quotes, by the name of its parameter. */
export function quotesOf({ params }: Sentence): [name: string, text: string][] {
  return Object.entries(params).filter((entry): entry is [string, string] => SAID.has(entry[0]) && typeof entry[1] === 'string')
}

/** Once over the text: what a parameter brings in is never read as a placeholder. */
export function fill(text: string, params: Sentence['params']): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : placeholder))
}
