import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answersOf, formatExpectation, isAnswerOf, parseExpectation } from '../../../src/shared/task/expect.ts'
import type { Expectation } from '../../../src/shared/task/expect.ts'

describe('an expectation', () => {
  it.each<[string, Expectation, string]>([
    ['any', { answer: 'any' }, 'any'],
    [' None ', { answer: 'none' }, 'none'],
    ['ECHO', { answer: 'echo' }, 'echo'],
    ['pong', { answer: 'pong' }, 'pong'],
    ['bytes 7', { answer: 'bytes', count: 7 }, 'bytes 7'],
    ['until "\\r\\n"', { answer: 'until', text: '\r\n' }, 'until "\\r\\n"'],
    ['until END', { answer: 'until', text: 'END' }, 'until "END"'],
    ['contains "id"', { answer: 'contains', text: 'id' }, 'contains "id"'],
    ['contains a b', { answer: 'contains', text: 'a b' }, 'contains "a b"'],
    ['matches "^OK \\\\d+$"', { answer: 'matches', text: '^OK \\d+$' }, 'matches "^OK \\\\d+$"'],
    ['matches ^OK', { answer: 'matches', text: '^OK' }, 'matches "^OK"'],
  ])('reads %s', (written, expectation, canonical) => {
    expect(parseExpectation(written)).toEqual({ ok: true, expectation })
    expect(formatExpectation(expectation)).toBe(canonical)
  })

  it.each([
    ['', 'says nothing of an answer', 'Known: any'],
    ['ecco', 'says nothing of an answer', 'Did you mean "echo"?'],
    ['echo please', 'Nothing may follow echo', 'Write: echo'],
    ['bytes', 'no number of bytes', 'bytes 7'],
    ['bytes 0', 'no number of bytes', 'bytes 7'],
    ['bytes 1.5', 'no number of bytes', 'bytes 7'],
    ['bytes 99999999', 'no number of bytes', 'bytes 7'],
    ['until', 'needs a text', 'until "'],
    ['until ""', 'needs a text', 'until "'],
    ['until "a', 'not closed', 'until "'],
    ['contains "a" b', 'not closed', 'contains "'],
    ['matches "("', 'no regular expression', 'matches "'],
    ['matches "(?=a)"', 'looks around', '(?='],
    ['matches "(?<!a)b"', 'looks around', '(?='],
    ['matches "(a)\\\\1"', 'looks around', '\\1'],
    [`matches ${'x'.repeat(5000)}`, 'longer than', 'shorter'],
  ])('refuses %j', (written, message, hint) => {
    expect(parseExpectation(written)).toMatchObject({ ok: false, problem: { message: expect.stringContaining(message), hint: expect.stringContaining(hint) } })
  })

  it('never throws, and what it accepts is canonical when written again', () => {
    const words = fc.constantFrom('any', 'none', 'bytes', 'until', 'contains', 'matches', 'x')
    fc.assert(
      fc.property(words, fc.string({ maxLength: 30 }), (word, rest) => {
        const parsed = parseExpectation(`${word} ${rest}`)
        if (!parsed.ok) return
        const canonical = formatExpectation(parsed.expectation)
        expect(parseExpectation(canonical)).toEqual(parsed)
        expect(formatExpectation(parsed.expectation)).toBe(canonical)
      }),
    )
  })

  it('belongs to the protocols that can tell it', () => {
    expect(isAnswerOf('websocket', { answer: 'pong' })).toBe(true)
    expect(isAnswerOf('tcp', { answer: 'pong' })).toBe(false)
    expect(isAnswerOf('websocket', { answer: 'bytes', count: 1 })).toBe(false)
    expect(answersOf('tcp')).toBe('any, none, echo, until "\\r\\n", bytes 7, matches "^OK"')
  })
})
