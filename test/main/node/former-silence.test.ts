import { expect, test } from 'vitest'
import { FormerSilence } from '../../../src/main/node/master/former-silence.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { Vigil } from '../../../src/main/node/work/vigil.ts'
import { nodeOf } from '../../contract/fixtures.ts'

const silenceOf = (watchedMs: number, info: Parameters<typeof nodeOf>[1] = {}, clockErrorMs = 0) => {
  const worker = { clusterNow: () => 20_000, watchedMs, info: nodeOf('m', { clockErrorMs }) }
  return new FormerSilence([{ nodeId: 'a', boot: 'a-boot', beat: 7, at: 12_000 }], worker).of(nodeOf('a', { beat: 7, ...info }))
}

test('a node is known to have been silent since it was heard last, less what the clock may be wrong by', () => {
  expect(silenceOf(60_000)).toBe(8000)
  expect(silenceOf(60_000, {}, 40)).toBe(7960)
})

test('but not for longer than this node has watched', () => {
  expect(silenceOf(3000)).toBe(3000)
})

test('a node that has said something since, or was started anew, has not been silent', () => {
  expect(silenceOf(60_000, { beat: 8 })).toBe(0)
  expect(silenceOf(60_000, { boot: 'another' })).toBe(0)
})

/** Heartbeats once a second, each answered after 5 ms, with what is to be different about the one of a second. */
function vigil(seconds: number, different: Record<number, Partial<Parameters<Vigil['hear']>[0]>> = {}): Vigil {
  const watch = new Vigil(TIMINGS)
  for (let second = 1; second <= seconds; second++) watch.hear({ askedAt: second * 1000, at: second * 1000 + 5, beat: second, heardBefore: second - 1, isSteady: true, ...different[second] })
  return watch
}

test('a node has watched since its first heartbeat was answered', () => {
  expect(new Vigil(TIMINGS).lastsMs(1000)).toBe(0)
  expect(vigil(10).lastsMs(10_505)).toBe(9500)
})

test('a watch begins anew when a heartbeat of its own was forgotten, its answer came late, or the clock of the state was set', () => {
  expect(vigil(10, { 6: { heardBefore: 4 } }).lastsMs(10_005)).toBe(4000)
  expect(vigil(10, { 6: { heardBefore: 0 } }).lastsMs(10_005)).toBe(4000)
  expect(vigil(10, { 6: { isSteady: false } }).lastsMs(10_005)).toBe(3000)
})

test('a watch begins anew after an outage, and has no length during one', () => {
  const watch = vigil(10)
  expect(watch.lastsMs(12_400)).toBe(11_395)
  expect(watch.lastsMs(12_600)).toBe(0)
  watch.hear({ askedAt: 23_000, at: 23_005, beat: 23, heardBefore: 10, isSteady: true })
  watch.hear({ askedAt: 24_000, at: 24_005, beat: 24, heardBefore: 23, isSteady: true })
  expect(watch.lastsMs(24_005)).toBe(1000)
})

test('a watch is over when the machine slept', () => {
  const watch = vigil(10)
  watch.break()
  expect(watch.lastsMs(10_005)).toBe(0)
})
