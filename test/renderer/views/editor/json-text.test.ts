import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJsonPath, valuesAt } from '../../../../src/shared/task/json-path.ts'
import { jsonPieces } from '../../../../src/renderer/src/views/editor/json-places.ts'
import { formatJson, jsonFault, jsonTokens, variableTokens, withoutComma } from '../../../../src/renderer/src/views/editor/json-text.ts'

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

test('variables are told apart, inside texts and outside, and are no fault', () => {
  const text = '{"user": "{{users.id}}!", "n": {{int 1 5}}}'
  expect(jsonFault(text)).toBeNull()
  expect(jsonTokens(text).filter(({ kind }) => kind === 'variable').map((token) => token.text)).toEqual(['{{users.id}}', '{{int 1 5}}'])
  expect(variableTokens('a={{seq}}&b').map(({ kind }) => kind)).toEqual(['plain', 'variable', 'plain'])
})

test('formatting changes nothing but the space between', () => {
  expect(formatJson('{"id":12345678901234567890,"n":{{int 1 5}},"x":1.0,"s":"{{seq}}"}')).toBe('{\n  "id": 12345678901234567890,\n  "n": {{int 1 5}},\n  "x": 1.0,\n  "s": "{{seq}}"\n}')
})

test('every value of an answer knows its path, and its text is that of the answer', () => {
  const text = formatJson('{"id":12345678901234567890,"items":[{"sku":"A-1","tags":["x","y"]},{"sku":"B {{2}}"}],"odd key":{"ok":true},"list":[[1],[]],"end":null}')
  const values = jsonPieces(text).flatMap(({ path, text: value }) => (path === undefined ? [] : [[path, value]]))
  expect(values).toEqual([
    ['$.id', '12345678901234567890'], ['$.items[0].sku', '"A-1"'], ['$.items[0].tags[0]', '"x"'], ['$.items[0].tags[1]', '"y"'], ['$.items[1].sku', '"B {{2}}"'],
    ['$["odd key"].ok', 'true'], ['$.list[0][0]', '1'], ['$.end', 'null'],
  ])
  expect(jsonPieces('"alone"')).toMatchObject([{ path: '$' }])
})

test('the path of every value leads to it', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const text = JSON.stringify(value)
    for (const { path, text: shown } of jsonPieces(text)) {
      if (path === undefined) continue
      const parsed = parseJsonPath(path)
      expect(parsed.ok && JSON.stringify(valuesAt(JSON.parse(text), parsed.path)[0])).toBe(JSON.stringify(JSON.parse(shown)))
    }
  }))
})
