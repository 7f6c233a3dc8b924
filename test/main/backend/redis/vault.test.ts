import { expect, test } from 'vitest'
import { faultOf, MutatedEnvelopes } from '../../../support/mutated-envelopes.ts'

test('a hundred thousand mutated envelopes are accepted or refused, and nothing else', () => {
  const envelopes = new MutatedEnvelopes(20261126)
  let accepted = 0
  for (let count = 0; count < 100_000; count += 1) {
    const verdict = envelopes.next()
    const fault = faultOf(verdict)
    if (fault !== null) throw new Error(`${fault}: ${JSON.stringify(verdict.text)}`)
    if (verdict.opened !== null) accepted += 1
  }
  expect(accepted).toBeGreaterThan(1000) // unknown fields, other values: what another version might write
  expect(accepted).toBeLessThan(50_000)
})
