import type { Sentence } from '../summary.ts'
import type { Language, Texts } from './texts.ts'
import { capacityTexts } from './capacity.ts'
import { compareTexts } from './compare.ts'
import { importTexts } from './imports.ts'
import { noticeTexts } from './notice.ts'
import { redisTexts } from './redis.ts'
import { successionTexts } from './succession.ts'
import { verdictTexts } from './verdict.ts'

export type { Language } from './texts.ts'

const texts: Texts = { ...capacityTexts, ...compareTexts, ...importTexts, ...noticeTexts, ...redisTexts, ...successionTexts, ...verdictTexts }

/** A sentence of the core in the reader's language. One whose key is unknown (of a newer version) shows its key. */
export function translate(language: Language, sentence: Sentence): string {
  const text = Object.hasOwn(texts, sentence.key) ? texts[sentence.key]?.[language] : undefined
  return fill(text ?? sentence.key, sentence.params)
}

/** Once over the text: what a parameter brings in is never read as a placeholder. */
export function fill(text: string, params: Sentence['params']): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : placeholder))
}
