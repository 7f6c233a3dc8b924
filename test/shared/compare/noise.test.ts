import { expect, test } from 'vitest'
import { compareRuns, type Comparison } from '../../../src/shared/compare/compare.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'
import { distributionOf } from '../../../src/shared/results/figures.ts'
import { heatOf } from '../../../src/shared/results/heat.ts'
import type { Point, Summary } from '../../../src/shared/results/summary.ts'
import { pointOf, specOf, summaryOf } from '../../contract/fixtures.ts'
import { random } from '../../renderer/synthetic-run.ts'

/** A run whose answers come from a known law: log-normal times, seconds that resemble their neighbours, now and then a bad one. */
interface Law {
  seconds: number
  perSecond: number
  medianMs: number
  /** How far seconds lie apart, in the logarithm. */
  swing: number
  /** How much of a second's luck the next one keeps. */
  memory: number
  errors: number
}

const CALM: Law = { seconds: 60, perSecond: 200, medianMs: 20, swing: 0.04, memory: 0.5, errors: 0.01 }

function run(law: Law, seed: number): Summary {
  const rand = random(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(rand() + 1e-12)) * Math.cos(2 * Math.PI * rand())
  const whole = new Histogram()
  let luck = normal() * law.swing
  let failed = 0
  const points: Point[] = Array.from({ length: law.seconds }, (_, i) => {
    luck = law.memory * luck + Math.sqrt(1 - law.memory ** 2) * normal() * law.swing
    const second = new Histogram()
    let bad = 0
    for (let k = 0; k < law.perSecond; k++) {
      second.record(1000 * law.medianMs * Math.exp(luck + 0.5 * normal()))
      if (rand() < law.errors) bad++
    }
    whole.merge(second)
    failed += bad
    return { ...pointOf((i + 1) * 1000), target: law.perSecond, planned: law.perSecond, started: law.perSecond, completed: law.perSecond, failed: bad, heat: heatOf(second) }
  })
  const summary = summaryOf(`run-${seed}`, 'task')
  const total = law.seconds * law.perSecond
  return {
    ...summary, points, responseTime: distributionOf(whole), rate: { target: law.perSecond, achieved: law.perSecond },
    ledger: { ...summary.ledger, planned: total, started: total, completed: total, failed }, run: { ...summary.run, durationMs: law.seconds * 1000 },
  }
}

function compared(one: Law, other: Law, seed: number): Comparison {
  return compareRuns([run(one, seed * 2 + 1), run(other, seed * 2 + 2)].map((summary) => ({ summary, spec: specOf() })))
}

/** Steady, swinging slowly, short, of few requests, restless. */
const LAWS: Law[] = [CALM, { ...CALM, memory: 0.85, swing: 0.05 }, { ...CALM, seconds: 15 }, { ...CALM, perSecond: 30, seconds: 90 }, { ...CALM, swing: 0.2 }]
const PAIRS = 60

test('of the pairs of runs of the same law 95 in 100 are within noise in every one of their figures', () => {
  const verdicts = LAWS.flatMap((law) => Array.from({ length: PAIRS }, (_, seed) => compared(law, law, seed).verdict))
  expect(verdicts.filter((verdict) => verdict === 'within-noise').length).toBeGreaterThanOrEqual(0.95 * LAWS.length * PAIRS)
})

test('a course that both runs share, such as a ramp, is no noise', () => {
  const rising = (seed: number): Summary => {
    const [low, high] = [run({ ...CALM, seconds: 30 }, seed), run({ ...CALM, seconds: 30, medianMs: 200 }, seed + 1)]
    return { ...high, points: [...low.points, ...high.points.map((point) => ({ ...point, atMs: point.atMs + 30_000 }))] }
  }
  const { metrics } = compareRuns([rising(1), rising(3)].map((summary) => ({ summary, spec: null })))
  expect(metrics.find(({ metric }) => metric === 'p90')?.figures[1]?.noise).toBeLessThan(0.2)
})

test('20 % more is found by the percentiles', () => {
  const found = Array.from({ length: 20 }, (_, seed) => compared(CALM, { ...CALM, medianMs: 1.2 * CALM.medianMs }, seed).metrics)
  for (const name of ['p50', 'p90', 'p95']) {
    const verdicts = found.map((metrics) => metrics.find(({ metric }) => metric === name)?.figures[1]?.verdict)
    expect(verdicts.filter((verdict) => verdict === 'worse').length, name).toBeGreaterThanOrEqual(18)
  }
})

test('20 % more of p99 is found where enough requests are beyond it', () => {
  const busy = { ...CALM, perSecond: 600 }
  const found = Array.from({ length: 20 }, (_, seed) => compared(busy, { ...busy, medianMs: 24 }, seed).metrics.find(({ metric }) => metric === 'p99')?.figures[1]?.verdict)
  expect(found.filter((verdict) => verdict === 'worse').length).toBeGreaterThanOrEqual(18)
})

test('what got faster is better, and errors that doubled are worse', () => {
  expect(compared(CALM, { ...CALM, medianMs: 14 }, 1).verdict).toBe('better')
  const { metrics, verdict } = compared(CALM, { ...CALM, errors: 0.03 }, 2)
  expect(metrics.find(({ metric }) => metric === 'errors')?.figures[1]).toMatchObject({ verdict: 'worse' })
  expect(verdict).toBe('worse')
})

test('the same two runs are always judged the same way', () => {
  expect(compared(CALM, CALM, 5)).toEqual(compared(CALM, CALM, 5))
})

test('a few seconds are not judged, and it is said', () => {
  const { metrics, warnings } = compared({ ...CALM, seconds: 3 }, { ...CALM, seconds: 3, medianMs: 40 }, 1)
  expect(metrics.every(({ figures }) => figures[1]?.verdict === 'not-judged')).toBe(true)
  expect(warnings).toEqual([{ key: 'compare.short', params: { seconds: '3' } }])
})
