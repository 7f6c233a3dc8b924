import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { problemText } from '../../../shared/locales/problem-text.ts'
import { translate, type Language } from '../../../shared/locales/translate.ts'
import type { Sentence } from '../../../shared/locales/sentence.ts'
import type { TextKey } from '../locales/index.ts'

export interface Text {
  /** A string of the screens. A parameter `n` also chooses between singular and plural. */
  t: (key: TextKey, params?: Record<string, string | number>) => string
  /** A sentence that the core has spoken. */
  say: (sentence: Sentence) => string
  /** Sentences one after the other: Chinese puts no space between them. */
  sentences: (parts: readonly string[]) => string
  /** What a door, a store or the engine has said in English: what is wrong, then what would be right. */
  said: (...texts: (string | undefined)[]) => string
  language: ComputedRef<Language>
}

export function useText(): Text {
  const { t, locale } = useI18n()
  const language = computed(() => locale.value as Language)
  const sentences = (parts: readonly string[]): string => parts.filter(Boolean).join(language.value === 'zh-CN' ? '' : ' ')
  return {
    t: (key, params = {}) => (typeof params.n === 'number' ? t(key, params, params.n) : t(key, params)),
    say: (sentence) => translate(language.value, sentence),
    sentences,
    said: (...texts) => sentences(texts.map((text) => problemText(language.value, text ?? ''))),
    language,
  }
}
