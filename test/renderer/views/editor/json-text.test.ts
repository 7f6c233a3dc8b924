import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonFault, jsonTokens, withoutComma } from '../../../../src/renderer/src/views/editor/json-text.ts'

test('a comma before a closing bracket is named with its line, and removed on request', () => {
  const text = '{\n  "a": 1,\n  "b": [2],\n}'
  const fault = jsonFault(text)
  expect(fault).toMatchObject({ line: 3, kind: 'comma' })
  expect(fault === null ? '' : withoutComma(text, fault)).toBe('{\n  "a": 1,\n  "b": [2]\n}')
})

test('other faults have a line; valid and empty texts have none', () => {
  expect(jsonFault('{\n  "a" 1\n}')).toMatchObject({ line: 2, kind: 'syntax' })
  expect(jsonFault('{"a":1')).toMatchObject({ line: 1 })
  expect(jsonFault('{"a":1}')).toBeNull()
  expect(jsonFault('  ')).toBeNull()
})

test('coloured pieces give the text again, whatever it is', () => {
  fc.assert(fc.property(fc.string(), (text) => {
    expect(jsonTokens(text).map((token) => token.text).join('')).toBe(text)
  }))
  expect(jsonTokens('{"a": "b"}').map(({ kind }) => kind)).toEqual(['plain', 'key', 'plain', 'plain', 'string', 'plain'])
})
