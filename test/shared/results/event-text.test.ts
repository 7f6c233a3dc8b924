import { expect, test } from 'vitest'
import { eventText } from '../../../src/shared/results/event-text.ts'
import { runText } from '../../../src/shared/locales/run.ts'
import { wordsIn } from '../../../src/shared/locales/words.ts'
import type { RunEvent } from '../../../src/shared/results/summary.ts'

const words = wordsIn('en', runText)
const said = (kind: RunEvent['kind'], detail: RunEvent['detail'] = {}): string => eventText({ atMs: 0, kind, detail }, words, (id) => id)

test('what happens to the cluster of a run is told in a few words', () => {
  expect(said('node-lost', { node: 'w4' })).toBe('w4 lost')
  expect(said('node-joined', { node: 'w5' })).toBe('w5 joined')
  expect(said('node-drained', { node: 'w2' })).toBe('w2 drained')
  expect(said('shares-moved', { node: 'w4', to: 'w1, w2' })).toBe('w4’s share to w1, w2')
  expect(said('shares-moved', { to: 'w1, w2' })).toBe('shares moved to w1, w2')
  expect(said('shares-moved')).toBe('shares moved')
  expect(said('master-changed', { node: 'w2' })).toBe('w2 is master')
  expect(said('master-changed', { node: 'w2', epoch: 8, afterMs: 3420 })).toBe('w2 is master, after 3.42 s')
  expect(said('deficit', { perSecond: 1840 })).toBe('1.84k/s nobody can take')
  expect(said('error-limit', { errorRate: 0.62, limit: 0.5 })).toBe('62% failed, limit 50%: stopped')
  expect(said('deficit', { perSecond: 0 })).toBe('the whole rate is taken again')
  expect(said('gap', { node: 'w4' })).toBe('data of w4 is missing')
  expect(said('overload', { count: 1200 })).toBe('1,200 requests above the target')
})

test('a change of rate is told with both rates, whoever tells it', () => {
  expect(said('rate-changed', { from: 8000, to: 12_000 })).toBe('rate 8k → 12k')
  expect(said('rate-changed', { to: 12_000 })).toBe('rate → 12k')
})
