import type { Texts } from './texts.ts'

/** Notices. What the store and the node have to tell holds paths and reasons of the system: it comes as a text, in English. */
export const noticeTexts = {
  'notice.text': { en: '{text}', 'zh-CN': '{text}' },
} satisfies Texts
