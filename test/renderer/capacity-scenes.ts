import type { CapacityHold, CapacityView } from '../../src/shared/results/capacity.ts'
import type { Sentence } from '../../src/shared/locales/sentence.ts'

function hold(i: number, rate: number, outcome: CapacityHold['outcome'], p99: number | null): CapacityHold {
  const sentence: Sentence | null = outcome === null ? null : outcome === 'held' ? { key: 'verdict.passed', params: { n: 3 } } : { key: 'verdict.failed', params: { name: 'p99', value: `${String(p99)} ms`, expression: 'p99<100ms' } }
  return { rate, runId: `c${String(i)}`, outcome, sentence, achievedRate: outcome === null ? null : rate * 0.999, p50: p99 === null ? null : p99 / 9, p99, errorRate: outcome === null ? null : outcome === 'held' ? 0.0004 : 0.021 }
}

const HOLDS = [hold(0, 5000, 'held', 18.2), hold(1, 7500, 'held', 31.5), hold(2, 11_300, 'failed', 231), hold(3, 11_300, 'failed', 247), hold(4, 9400, 'held', 71.4)]

/** A search that has come to its answer, and one that goes on. */
export function searchViews(now: number): CapacityView[] {
  const shared = { taskName: 'checkout-api', taskId: 't3', target: 'https://staging.shop.test/v1/orders', thresholds: ['p99<100ms', 'errors<1%', 'rate>=95%'], holdMs: 20_000 }
  const found = { key: 'capacity.found', params: { holds: '9,890 req/s', failsAt: '10,100 req/s' } }
  return [
    { ...shared, id: 's2', status: 'finished', startedAt: now - 400_000, holds: [...HOLDS, hold(5, 10_100, 'failed', 161), hold(6, 10_100, 'failed', 158), hold(7, 9890, 'held', 93.1)], rate: null, bounds: { holds: 9890, failsAt: 10_100, limitedBy: 'target' }, sentence: found },
    { ...shared, id: 's1', status: 'finished', startedAt: now - 86_400_000, holds: HOLDS.slice(0, 2), rate: null, bounds: { holds: 7500, failsAt: null, limitedBy: 'generator' }, sentence: { key: 'capacity.generator', params: { holds: '7,500 req/s', rate: '11,300 req/s' } } },
  ]
}

export function goingOn(now: number): CapacityView[] {
  const [, former] = searchViews(now)
  const [first] = searchViews(now)
  return [{ ...first!, status: 'running', holds: [...HOLDS, hold(5, 10_400, null, null)], rate: 10_400, bounds: { holds: 9400, failsAt: 11_300, limitedBy: null }, sentence: { key: 'capacity.holding', params: { rate: '10,400 req/s' } } }, former!]
}
