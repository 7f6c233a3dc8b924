import { expect, test } from 'vitest'
import { Envelopes } from '../../../../src/main/backend/envelope.ts'
import { nodeShape } from '../../../../src/main/backend/redis/shapes.ts'
import { Vault } from '../../../../src/main/backend/redis/vault.ts'
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

test('what is refused is told once per source, and with the tenth there is an alarm, as with the hundredth', () => {
  const told: string[] = []
  const vault = new Vault(new Envelopes('secret', 'ns'), (text, level = 'warn') => told.push(`${level}: ${text}`))
  const forged = new Envelopes('another secret', 'ns').seal('node', 'nodes/a', {})
  for (let count = 0; count < 9; count += 1) vault.open('node', 'nodes/a', forged, nodeShape)
  expect(told).toEqual([expect.stringMatching(/^warn: A node in Redis \(nodes\/a\) was ignored/)])
  vault.open('node', 'nodes/a', forged, nodeShape)
  expect(told[1]).toMatch(/^bad: Refused 10 entries in Redis so far: .* Look who can reach that Redis\.$/)
  for (let count = 0; count < 90; count += 1) vault.open('node', 'nodes/a', forged, nodeShape)
  expect([told.length, told[2]]).toEqual([3, expect.stringContaining('Refused 100 entries')])
})
