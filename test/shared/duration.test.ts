import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../src/shared/duration.ts'

describe('parseDuration', () => {
  it.each([
    ['30s', 30_000], ['1m30s', 90_000], ['500ms', 500], ['1h', 3_600_000], ['1h2m3s4ms', 3_723_004], ['1.5h', 5_400_000],
    ['90', 90_000], [90, 90_000], [0, 0], ['0s', 0], [' 5s ', 5000], ['0.1s', 100], [0.3, 300], ['0.5ms', 0.5],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['5min', '', ' ', '-1s', '1s1m', '1s1s', 's', '1e3s', '1,5s', '1 m', 'Infinity', '0x10', '1d', '9'.repeat(400), NaN, -1, Infinity])('refuses %s', (text) => {
    expect(parseDuration(text)).toBeNull()
  })
})

describe('formatDuration', () => {
  it.each([[90_000, '1m30s'], [500, '500ms'], [0, '0s'], [3_600_000, '1h'], [1500, '1.5s'], [3_601_000, '1h1s'], [60_000, '1m']])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('is undone by parsing, for every duration that can be written', () => {
    fc.assert(fc.property(fc.oneof(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e9 }).map((us) => us / 1000)), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms)
    }))
  })

  it('never rounds up to sixty seconds', () => {
    expect(formatDuration(59_999.999)).toBe('59.999999s')
  })
})
