import type { Sentence } from '../summary.ts'
import type { Language, Texts } from './texts.ts'
import { capacityTexts } from './capacity.ts'
import { compareTexts } from './compare.ts'
import { importTexts } from './imports.ts'
import { noticeTexts } from './notice.ts'
import { problemText } from './problem-text.ts'
import { redisTexts } from './redis.ts'
import { successionTexts } from './succession.ts'
import { verdictTexts } from './verdict.ts'

export type { Language } from './texts.ts'

const texts: Texts = { ...capacityTexts, ...compareTexts, ...importTexts, ...noticeTexts, ...redisTexts, ...successionTexts, ...verdictTexts }

/** Parameters that hold what a store, the engine or a door has said, in English at its source. */
const SAID: ReadonlySet<string> = new Set(['detail', 'message', 'reason', 'text', 'what', 'why'])

/** A sentence of the core in the reader's language. One whose key is unknown (of a newer version) shows its key. */
export function translate(language: Language, sentence: Sentence): string {
  const text = Object.hasOwn(texts, sentence.key) ? texts[sentence.key]?.[language] : undefined
  return fill(text ?? sentence.key, language === 'en' ? sentence.params : spoken(language, sentence.params))
}

function spoken(language: Language, params: Sentence['params']): Sentence['params'] {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === 'string' && SAID.has(name) ? problemText(language, value) : value]))
}

/** Once over the text: what a parameter brings in is never read as a placeholder. */
export function fill(text: string, params: Sentence['params']): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : placeholder))
}
