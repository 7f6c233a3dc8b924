import type { Sentence } from './sentence.ts'
import { problemText } from './problem-text.ts'
import { quotesOf, sentenceIn } from './sentence.ts'
import type { Language } from './texts.ts'

export type { Language } from './texts.ts'

/** A sentence of the core, and all that it quotes, in the reader's language. */
export function translate(language: Language, sentence: Sentence): string {
  return sentenceIn(language, sentence, (text) => problemText(language, text))
}

/** What sentences quote, and other texts, as they read in Chinese where that differs: for who shows them without all that can be said at hand. */
export function quotesInChinese(sentences: readonly Sentence[], texts: readonly string[] = []): Record<string, string> {
  const quoted = [...sentences.flatMap(quotesOf).map(([, text]) => text), ...texts]
  return Object.fromEntries(quoted.map((text) => [text, problemText('zh-CN', text)] as const).filter(([text, chinese]) => chinese !== text))
}
