import { describe, expect, it } from 'vitest'
import { headerValues } from '../../../../src/main/engine/measure/check-predicates.ts'

describe('headerValues', () => {
  it('finds all lines of a field, in whatever case', () => {
    expect(headerValues('HTTP/1.1 200 OK\r\nX-Two: a\r\nx-two: b\r\n\r\n', 'x-two')).toEqual(['a', 'b'])
    expect(headerValues('HTTP/1.1 200 OK\nA:1\nbad line\n', 'a')).toEqual(['1'])
    expect(headerValues('HTTP/1.1 200 OK\r\nX-A: no\r\nA :no\r\nAB: no\r\nA: b: c \r\na:', 'a')).toEqual(['b: c', ''])
    expect(headerValues('a: 1', 'a')).toEqual([])
  })
})
