import { describe, expect, it } from 'vitest'
import { translate } from '../../../src/shared/locales/translate.ts'
import { redisTexts } from '../../../src/shared/locales/redis.ts'
import { successionTexts } from '../../../src/shared/locales/succession.ts'
import { verdictTexts } from '../../../src/shared/locales/verdict.ts'

const texts = { ...redisTexts, ...successionTexts, ...verdictTexts }

describe('translate', () => {
  it('says a sentence in both languages', () => {
    const sentence = { key: 'verdict.passed', params: { n: 3 } }
    expect(translate('en', sentence)).toBe('All 3 thresholds hold.')
    expect(translate('zh-CN', sentence)).toBe('全部 3 项通过标准均满足。')
  })

  it('never reads a parameter as a placeholder', () => {
    const sentence = { key: 'verdict.no-response', params: { n: 2, message: '{n} $& {constructor}' } }
    expect(translate('en', sentence)).toBe('0 of 2 requests were answered: {n} $& {constructor}. Is the server running?')
  })

  it('shows the key of a sentence it does not know', () => {
    expect(translate('en', { key: 'constructor', params: {} })).toBe('constructor')
  })

  it('has the same parameters in both languages', () => {
    for (const [key, { en, 'zh-CN': zh }] of Object.entries(texts)) {
      const names = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
      expect([key, ...names(zh)]).toEqual([key, ...names(en)])
    }
  })

  it('uses full-width punctuation in Chinese', () => {
    for (const text of Object.values(texts)) expect(text['zh-CN'].replace(/redis\+cluster:\S+/, '')).not.toMatch(/[,;!?]|\.$/)
  })
})
