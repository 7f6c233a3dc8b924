import { describe, expect, it } from 'vitest'
import { didYouMean, nearest, show } from '../../src/shared/suggest.ts'

describe('the name that was meant', () => {
  it.each([['duraton', 'duration'], ['mena', 'mean'], ['RATE', 'rate'], ['eror', 'errors'], ['xyzzy', null], ['', null]])('by %j is %j', (word, name) => {
    expect(nearest(word, ['duration', 'min', 'mean', 'rate', 'errors'])).toBe(name)
  })

  it('is asked for, or all names are listed', () => {
    expect(didYouMean('rte', ['rate', 'ramp'])).toBe('Did you mean "rate"?')
    expect(didYouMean('something', ['rate', 'ramp'])).toBe('Known: rate, ramp.')
  })
})

describe('a foreign value in a message', () => {
  it('is short, on one line and never trusted', () => {
    expect(show('a\n"')).toBe('"a\\n\\""')
    expect(show('x'.repeat(100))).toHaveLength(60)
    expect(show({ toString: () => { throw new Error('boo') } })).toBe('an object')
    expect([show([]), show(null), show(undefined), show(NaN), show(1n), show(() => 1)]).toEqual(['a list', 'null', 'undefined', 'NaN', 'a bigint', 'a function'])
  })
})
