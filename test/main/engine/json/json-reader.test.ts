import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonReader, textOfValue } from '../../../../src/main/engine/json/json-reader.ts'
import { parseJsonPath } from '../../../../src/shared/task/json-path.ts'
import type { JsonPath } from '../../../../src/shared/task/json-path.ts'
import { differenceOn, jsonLike, jsonPaths } from '../../../support/json-like.ts'

const pathOf = (text: string): JsonPath => {
  const parsed = parseJsonPath(text)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.path
}

const PATHS = ['$.a', '$.b.c', '$.items[0].id', '$.items[-1]', '$.items[*].id', "$['a b']", '$.é', '$.__proto__', '$.b'].map(pathOf)
const WHOLE = '{"a":-1.5e+3,"b":{"c":"x\\u00e9\\n"},"items":[{"id":1},{"id":[null,true,false]}],"a b":"\\"","é":"😀","__proto__":{"x":0}, "z" : [ ] , "y" :{ } }'

describe('values of JSON paths', () => {
  it('are those of JSON.parse, whatever the document', () => {
    const sameAs = (bodies: Buffer[], paths: JsonPath[]): void => expect(differenceOn(bodies, paths)).toBeNull()
    fc.assert(fc.property(fc.array(jsonLike, { minLength: 1, maxLength: 3 }), jsonPaths, (bodies, paths) => void sameAs(bodies, paths)), { numRuns: 3000 })
  })

  it('are those of JSON.parse when a document is cut at any byte, or any bit of it is wrong', () => {
    const whole = Buffer.from(WHOLE)
    const cuts = Array.from({ length: whole.length + 1 }, (_, length) => whole.subarray(0, length))
    const flips = Array.from({ length: whole.length * 8 }, (_, bit) => {
      const bytes = Buffer.from(whole)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      return bytes
    })
    expect(differenceOn([...cuts, ...flips], PATHS)).toBeNull()
    for (const path of PATHS) expect(differenceOn([whole, ...cuts, ...flips], [path])).toBeNull()
  })

  it.each([
    ['the last of two members of one name', '{"a":1,"b":{"c":1},"b":{"d":2},"a":2}'],
    ['a name in escapes', '{"\\u0061":1,"a":2,"b":{"\\u0063":3}}'],
    ['a mark of the byte order', '\ufeff{"a":1}'],
    ['something behind the document', '{"a":1} x'],
    ['a second document', '{"a":1}{"a":2}'],
    ['nothing', ''],
    ['white space', ' \n'],
    ['members that are told apart by their order', '{"items":{"2":{"id":"b"},"1":{"id":"a"}}}'],
    ['a wrong ending far behind what is named', `{"a":1,"z":[${'1,'.repeat(1000)}]}`],
    ['a long text with a control character', `{"a":1,"z":"${'x'.repeat(1001)}\u0001"}`],
  ])('are those of JSON.parse for %s', (_, body) => {
    expect(differenceOn([Buffer.from(body)], PATHS)).toBeNull()
  })

  it('are those of JSON.parse for long texts, whatever is in them and wherever', () => {
    for (const length of [2046, 2047, 2048, 2049, 2052, 5000]) {
      const texts = ['', '\\n', '\\"', '\\\\', '\\\\\\"', '\\u00e9', '\\x', '\\u12', 'é', '\n', '\u0001', '"', '",', '\\'].flatMap((odd) => [`${odd}${'x'.repeat(length)}`, `${'x'.repeat(length)}${odd}`, `${'x'.repeat(length)}${odd}${'y'.repeat(9)}`])
      const bodies = texts.flatMap((text) => [`{"z":"${text}","a":1}`, `{"a":1,"z":"${text}"}`, `{"a":"${text}"}`, `{"a":1,"z":"${text}`])
      expect(differenceOn(bodies.map((body) => Buffer.from(body)), PATHS)).toBeNull()
    }
  })

  it('are found in a document that is nested as deeply as it is long', () => {
    const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const objects = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const reader = new JsonReader()
    const places = ['$.n', '$.deep', '$.deep.a.a'].map((path) => reader.add(pathOf(path)))
    for (const [deep, counts] of [[nested, [1, 1, 0]], [objects, [1, 1, 1]], [nested.slice(1), [null, null, null]]] as const) {
      const body = Buffer.from(`{"deep":${deep},"n":7}`)
      reader.turn()
      expect(places.map((place) => reader.count(body, place))).toEqual(counts)
      expect(reader.values(body, places[0]!)).toEqual(counts[0] === null ? null : [7])
      if (counts[1] !== null) expect(textOfValue(reader.values(body, places[1]!)![0])).toBeNull()
    }
  })

  it('are taken out of another body after a turn, and not before', () => {
    const reader = new JsonReader()
    const place = reader.add(pathOf('$.a'))
    expect(reader.values(Buffer.from('{"a":1}'), place)).toEqual([1])
    reader.turn()
    expect([reader.values(null, place), reader.count(null, place)]).toEqual([null, null])
    reader.turn()
    expect(reader.values(Buffer.from('{"a":2}'), place)).toEqual([2])
  })
})
