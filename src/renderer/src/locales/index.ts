import { comparisonText } from '../../../shared/locales/comparison.ts'
import type { Language } from '../../../shared/locales/translate.ts'
import { chartText } from '../../../shared/locales/charts.ts'
import { capacityText } from './capacity.ts'
import { runText } from '../../../shared/locales/run.ts'
import { editorText } from './editor.ts'
import { listText } from './lists.ts'
import { nodeText } from './nodes.ts'
import { requestText } from './request.ts'
import { shellText } from './shell.ts'
import { stepText } from './steps.ts'

/** Every string of the screens, both languages side by side; a missing one is a type error. */
export const dictionary = { ...shellText, ...listText, ...nodeText, ...editorText, ...requestText, ...stepText, ...runText, ...chartText, ...comparisonText, ...capacityText } satisfies Texts

export type Texts = Record<string, Record<Language, string>>
export type TextKey = keyof typeof dictionary

/** The strings of one language, as vue-i18n wants them. */
export function messagesOf(language: Language): Record<string, string> {
  return Object.fromEntries(Object.entries(dictionary).map(([key, texts]) => [key, texts[language]]))
}
