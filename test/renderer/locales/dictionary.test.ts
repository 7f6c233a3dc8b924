import { expect, test } from 'vitest'
import { createTexts } from '../../../src/renderer/src/i18n.ts'
import { dictionary } from '../../../src/renderer/src/locales/index.ts'

const entries = Object.entries(dictionary)
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort()

test('both languages of a text have the same parameters', () => {
  for (const [key, { en, 'zh-CN': zh }] of entries) expect(placeholders(zh), key).toEqual(placeholders(en))
})

test('Chinese sentences use full-width punctuation', () => {
  const wrong = entries.filter(([, { 'zh-CN': zh }]) => /[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(\s|$)/.test(zh)).map(([key]) => key)
  expect(wrong).toEqual([])
})

test('every text can be spoken in both languages', () => {
  const { global } = createTexts('en')
  for (const language of ['en', 'zh-CN'] as const) {
    global.locale.value = language
    for (const [key, texts] of entries) {
      const params = Object.fromEntries(placeholders(texts.en).map((name) => [name.slice(1, -1), name === '{n}' ? 2 : 'X']))
      const spoken = global.t(key, params)
      expect(spoken, key).not.toContain('{')
      if (texts[language] !== '') expect(spoken, key).not.toBe(key)
    }
  }
})
