import { expect, test } from 'vitest'
import { SampleRing } from '../../../src/main/node/work/sample-ring.ts'
import { sampleOf } from '../../contract/fixtures.ts'

function ringOf(seconds: number): SampleRing {
  const ring = new SampleRing('run')
  for (let second = 0; second < seconds; second++) ring.push(sampleOf('run', second))
  return ring
}
const seqs = (ring: SampleRing) => ring.batch('a', 'boot')?.entries.map(({ seq }) => seq) ?? []

test('sends what is not accepted, in order', () => {
  const ring = ringOf(3)
  expect(ring.batch('a', 'boot')).toMatchObject({ runId: 'run', nodeId: 'a', boot: 'boot', ringFrom: 1 })
  expect(seqs(ring)).toEqual([1, 2, 3])
  ring.acceptedUpTo(2, 0)
  expect(seqs(ring)).toEqual([3])
  ring.acceptedUpTo(3, 0)
  expect(ring.batch('a', 'boot')).toBeNull()
  expect(ring.allAccepted).toBe(true)
})

test('sends again what the cluster state has lost', () => {
  const ring = ringOf(20)
  ring.acceptedUpTo(20, 1000)
  ring.acceptedUpTo(15, 2000)
  expect(seqs(ring)).toEqual([16, 17, 18, 19, 20])
})

test('keeps what was accepted for ten seconds, however many came at once: the cluster state may lose its last moments', () => {
  const ring = ringOf(40)
  ring.acceptedUpTo(40, 1000)
  ring.acceptedUpTo(40, 10_999)
  ring.acceptedUpTo(0, 10_999)
  expect(seqs(ring)).toHaveLength(40)
  ring.acceptedUpTo(40, 12_000)
  ring.acceptedUpTo(40, 22_000)
  ring.acceptedUpTo(0, 22_000)
  expect(seqs(ring)).toEqual([])
})

test('keeps five minutes, and says from where on', () => {
  const ring = ringOf(310)
  expect(ring.batch('a', 'boot')?.ringFrom).toBe(11)
  expect(seqs(ring)).toHaveLength(300)
})
