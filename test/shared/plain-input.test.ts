import { describe, expect, it } from 'vitest'
import { joinPath, plainInput } from '../../src/shared/plain-input.ts'

describe('plain input', () => {
  it('is copied, without what is undefined', () => {
    const input = { a: [1, { b: null }], c: undefined, d: 'x' }
    const copy = plainInput(input)
    expect(copy).toEqual({ ok: true, value: { a: [1, { b: null }], d: 'x' } })
    expect(copy.ok && Object.keys(copy.value as object)).toEqual(['a', 'd'])
  })

  it.each<[string, unknown, string, string]>([
    ['__proto__', JSON.parse('{"a":{"__proto__":{}}}'), 'a.__proto__', 'not allowed'],
    ['constructor', { constructor: 1 }, 'constructor', 'not allowed'],
    ['a class instance', { a: new Map() }, 'a', 'neither an object nor a list'],
    ['too many values', Array.from({ length: 60_000 }, () => ({})), '', 'more than 50,000 values'],
  ])('is refused for %s', (_, input, path, words) => {
    expect(plainInput(input)).toMatchObject({ ok: false, problem: { path, message: expect.stringContaining(words), hint: expect.stringMatching(/./) } })
  })

  it('never has more than 64 levels, cycles included', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(plainInput(cycle)).toMatchObject({ ok: false, problem: { message: expect.stringContaining('64 levels') } })
  })

  it('that throws when it is read is refused', () => {
    const trap = new Proxy({}, { ownKeys: () => { throw new Error('boo') } })
    expect(plainInput(trap)).toMatchObject({ ok: false })
  })
})

describe('a path', () => {
  it('is written as in the task file', () => {
    expect(['load', 'stages', 1, 'target'].reduce<string>(joinPath, '')).toBe('load.stages[1].target')
    expect(joinPath('request.headers', 'x y')).toBe('request.headers["x y"]')
  })
})
