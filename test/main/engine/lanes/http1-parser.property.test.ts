import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutAt, parse } from '../../../support/parse-run.ts'
import { cuts, responseLike } from '../../../support/response-like.ts'

describe('the parser, given anything at all', () => {
  it('comes to the same end however the bytes are cut, with and without a memo', () => {
    fc.assert(
      fc.property(responseLike, cuts, (bytes, offsets) => {
        const whole = first(parse([bytes], { collect: true }))
        const pieces = cutAt(bytes, offsets)
        expect(first(parse(pieces, { collect: true }))).toEqual(whole)
        expect(first(parse(pieces, { collect: true, memo: true }))).toEqual(whole)
      }),
      { numRuns: 3000 },
    )
  })

  it('says the same of a head that it has seen before', () => {
    fc.assert(
      fc.property(responseLike, (bytes) => {
        const [one, two] = parse([bytes, bytes], { collect: true, memo: true }).responses
        if (two !== undefined) expect(two).toEqual(one)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Up to the first response: what follows it is dropped with its piece, so it depends on the cut. */
function first({ responses, error, clean }: ReturnType<typeof parse>): unknown {
  const [response] = responses
  if (response === undefined) return { failed: error !== null, clean }
  const { status, head, body } = response
  return { status, head, body }
}
