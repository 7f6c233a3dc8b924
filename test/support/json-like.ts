import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { JsonReader } from '../../src/main/engine/json/json-reader.ts'
import { ALL, valuesAt } from '../../src/shared/task/json-path.ts'
import type { JsonPath } from '../../src/shared/task/json-path.ts'

/** Texts here are bytes: one character each. Odd ones are drawn seldom, so that most documents are JSON. */
const é = '\xc3\xa9'
const seldom = <T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> => fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...odd) })

const space = seldom(['', '', '', '', ' ', '\n  ', '\r\n\t'], ['\xa0', '\xef\xbb\xbf', '\v', '\0', '\xe2\x80\xa8'])
const name = seldom(['a', 'b', 'items', '__proto__', é, '0', '1', ''], ['\\u0061', 'ite\\u006ds', '\\u00e9', '\xff', '\xef\xbf\xbd', '\\ud800', 'a\\"', '\\n', 'b\\'])
const text = seldom(['', 'x', 'longer than a few bytes', '\\"quoted\\"', '\\u00e9\\n\\/\\b\\f\\r\\t\\\\', é, '\xf0\x9f\x98\x80', '\\ud83d\\ude00', '\x7f', '{"a":1}', '\\ud800'], ['\\x', '\\u12g4', '\\u12', '\t', '\n', '\0', '\x1f', '\xff\xfe', '\xe2\x82', '\xed\xa0\x80', '\xc0\xaf', '\\', '"'])
const scalar = fc.oneof(
  seldom(['0', '-0', '1', '-12', '1.5', '10.25e3', '1E+2', '1e-7', '1e999', '12345678901234567890', '0.1', 'true', 'false', 'null'], ['01', '-', '1.', '.5', '+1', '1e', '1e+', '--1', '0x1', 'tru', 'True', 'nulll', 'NaN', 'Infinity', '', '-a', '1_0', 'undefined']),
  text.map((characters) => `"${characters}"`),
)

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(fc.tuple(space, tie('value'), space), { maxLength: 4 }).map((elements) => `[${elements.map((parts) => parts.join('')).join(',')}]`),
    fc.array(fc.tuple(space, name, space, space, tie('value'), space), { maxLength: 5 }).map((members) => `{${members.map(([before, key, behind, inside, child, after]) => `${before}"${key}"${behind}:${inside}${child}${after}`).join(',')}}`),
  ),
}))

type Mutation = (bytes: string) => string
const noise = fc.oneof(fc.constantFrom(...'{}[],:"\\0-.eEtfnu \n\t'), fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)))
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, noise).map(([at, byte]): Mutation => (bytes) => cut(bytes, at, (before, behind) => before + byte + behind)),
  place.map((at): Mutation => (bytes) => cut(bytes, at, (before, behind) => before + behind.slice(1))),
  place.map((at): Mutation => (bytes) => cut(bytes, at, (before) => before)),
  fc.tuple(place, fc.nat(7)).map(([at, bit]): Mutation => (bytes) => cut(bytes, at, (before, behind) => before + String.fromCharCode((behind.charCodeAt(0) || 0) ^ (1 << bit)) + behind.slice(1))),
  fc.tuple(place, place).map(([from, to]): Mutation => (bytes) => cut(bytes, to, (before, behind) => before + cut(bytes, from, (_, rest) => rest.slice(0, 12)) + behind)),
)

function cut(bytes: string, at: number, join: (before: string, behind: string) => string): string {
  const place = Math.floor(at * bytes.length)
  return join(bytes.slice(0, place), bytes.slice(place))
}

/** Documents, and what is nearly one. */
export const jsonLike: fc.Arbitrary<Buffer> = fc
  .tuple(space, value, space, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(mutation, { maxLength: 3 }) }))
  .map(([before, document, behind, mutations]) => Buffer.from(mutations.reduce((bytes, mutate) => mutate(bytes), `${before}${document}${behind}`), 'latin1'))

const step = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('a', 'b', 'items', '__proto__', 'é', '0', '') }, { weight: 1, arbitrary: fc.constantFrom('\ufffd', '\ud800', 'toString', 'length') }, { weight: 5, arbitrary: fc.constantFrom(0, 1, 2, -1, -0) }, { weight: 1, arbitrary: fc.constantFrom(-2, 9) }, { weight: 2, arbitrary: fc.constant(ALL) })

export const jsonPaths: fc.Arbitrary<JsonPath[]> = fc.array(fc.array(step, { maxLength: 4 }).map((steps) => ({ steps })), { minLength: 1, maxLength: 4 })

/** What one reader takes out of a body, if it is not what `valuesAt(JSON.parse(text), path)` takes. */
export function differenceOn(bodies: readonly Buffer[], paths: readonly JsonPath[]): string | null {
  const reader = new JsonReader()
  const places = paths.map((path) => reader.add(path))
  for (const body of bodies) {
    reader.turn()
    const expected = expectedOf(body, paths)
    const counts = places.map((at) => reader.count(body, at))
    const found = places.map((at) => reader.values(body, at))
    if (isDeepStrictEqual(found, expected) && isDeepStrictEqual(counts, expected.map((values) => values?.length ?? null))) continue
    return `${JSON.stringify(paths)} of ${JSON.stringify(body.toString('latin1'))} are ${JSON.stringify(found)} (${counts.join()}) instead of ${JSON.stringify(expected)}`
  }
  return null
}

function expectedOf(body: Buffer, paths: readonly JsonPath[]): (unknown[] | null)[] {
  try {
    const root: unknown = JSON.parse(body.toString('utf8'))
    return paths.map((path) => valuesAt(root, path))
  } catch {
    return paths.map(() => null)
  }
}
