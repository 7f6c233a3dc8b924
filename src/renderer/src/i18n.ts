import { createI18n } from 'vue-i18n'
import type { Language } from '../../shared/locales/translate.ts'
import { messagesOf } from './locales/index.ts'

/** Keys are flat (`run.stop`), so the resolver looks them up as they are. */
export function createTexts(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    messages: { en: messagesOf('en'), 'zh-CN': messagesOf('zh-CN') },
    messageResolver: (messages, key) => (messages as Record<string, string>)[key] ?? null,
  })
}
