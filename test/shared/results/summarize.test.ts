import { describe, expect, it } from 'vitest'
import { RunAggregate } from '../../../src/shared/results/aggregate.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import { judgeLive, summarize, type SummaryMeta } from '../../../src/shared/results/summarize.ts'
import type { Point, Summary } from '../../../src/shared/results/summary.ts'
import type { LoadSpec } from '../../../src/shared/task/task.ts'
import { cpu, sample, spec, times, type Told } from '../samples.ts'

interface Case {
  load?: LoadSpec
  thresholds?: string[]
  /** What is told each second; null: nothing comes. */
  each: (second: number) => Told | null
  seconds?: number
  bad?: number[]
  meta?: Partial<SummaryMeta>
}

const meta = (run: { load: LoadSpec; thresholds: string[] }, points: Point[], more: Partial<SummaryMeta> = {}): SummaryMeta => ({
  version: '1.0.0', lane: 'http1', status: 'finished', nodes: [{ id: 'a', name: 'desk', share: 1 }], events: [], points,
  run: { id: 'R1', taskId: 'T1', taskName: 'shop', spec: spec(run.load, run.thresholds), startedAt: 1_700_000_000_000 }, ...more,
})

/** 10 seconds at 100/s unless told otherwise. */
const summaryOf = ({ load = { rate: 100, duration: '10s' }, thresholds = [], each, seconds = 10, bad = [], meta: more = {} }: Case): Summary => {
  const run = new RunAggregate(spec(load, thresholds), compileLoad(load))
  const points: Point[] = []
  for (let s = 0; s < seconds; s++) {
    const told = each(s)
    if (told !== null) run.add('a', sample(s, told, { problems: bad.includes(s) ? [cpu] : [] }))
    points.push(run.closeSecond(s))
  }
  run.end(seconds * 1000)
  return summarize(run, meta({ load, thresholds }, points, more))
}
const well = (): Told => ({ response: times(100, 4210) })

describe('summarize', () => {
  it('tells a good run: all figures, three digits, and a ledger that balances', () => {
    const summary = summaryOf({ thresholds: ['p99<200ms', 'errors<1%', 'rate>=95%'], each: well, meta: { complete: true } })
    expect(summary).toMatchObject({
      schema: 'stampede.summary/1', status: 'finished', verdict: 'passed', reason: 'All 3 thresholds hold.', imbalance: null,
      run: { id: 'R1', name: 'shop', target: 'http://127.0.0.1:8080/', method: 'GET', durationMs: 10_000, lane: 'http1', model: 'open', startedAt: '2023-11-14T22:13:20.000Z', endedAt: '2023-11-14T22:13:30.000Z' },
      ledger: { planned: 1000, started: 1000, dropped: 0, lost: 0, completed: 1000, failed: 0, cancelled: 0 },
      requests: { sent: 1000, succeeded: 1000, failed: 0 }, rate: { target: 100 },
      responseTime: { unit: 'ms', min: 4.21, mean: 4.21, p50: 4.21, 'p99.9': 4.21, max: 4.21 }, scheduleLag: { p99: 0.05 }, phases: { dns: { p50: null } },
      statusCodes: { 200: 1000 }, checks: [{ expression: 'status < 400', passed: 1000, failed: 0 }], health: { ok: true, problems: [] },
      nodes: [{ id: 'a', name: 'desk', share: 1, started: 1000, completed: 1000, cpuPercent: 15, loopLagMsP99: 0.5, lostAtMs: null }],
    })
    expect(summary.thresholds.map(({ expression, ok }) => [expression, ok])).toEqual([['p99<200ms', true], ['errors<1%', true], ['rate>=95%', true]])
    expect(summary.rate.achieved).toBeCloseTo(100, 0)
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  })

  it('says which threshold failed and what was measured', () => {
    const one = summaryOf({ thresholds: ['p99<4ms', 'errors<1%'], each: well })
    expect([one.verdict, one.reason]).toEqual(['failed', 'p99 was 4.21 ms, the threshold is p99<4ms.'])
    const two = summaryOf({ thresholds: ['p99<4ms', 'p50<4ms'], each: well })
    expect(two.reason).toBe('p99 was 4.21 ms, the threshold is p99<4ms; 1 more failed.')
    const share = summaryOf({ thresholds: ['errors<1%'], each: () => ({ ...well(), errors: [{ kind: 'check', status: 503, message: '503', count: 10 }] }) })
    expect(share.reason).toBe('errors was 10%, the threshold is errors<1%.')
    const none = summaryOf({ thresholds: ['service.p99<1s'], each: () => ({ response: [], dropped: 100 }), seconds: 1 })
    expect(none.verdict).toBe('failed')
  })

  it('gives no verdict without thresholds, finished or stopped', () => {
    expect(summaryOf({ each: well })).toMatchObject({ verdict: 'no-thresholds', reason: 'Finished: p99 4.21 ms, 0% errors. No thresholds were set.' })
    expect(summaryOf({ each: well, seconds: 4, meta: { status: 'aborted' } }).reason).toBe('Stopped at 00:04: p99 4.21 ms, 0% errors. No thresholds were set.')
  })

  it('withholds the verdict when the generator gave way for 3 s on end and more than 5 % of the run, and names it', () => {
    const spoilt = summaryOf({ thresholds: ['p99<200ms'], each: well, bad: [3, 4, 5] })
    expect([spoilt.verdict, spoilt.reason]).toEqual(['not-trustworthy', 'Not trustworthy: desk ran out of CPU for 3 s of 10 s; the generator, not the target, set the limit.'])
    expect(spoilt.health).toEqual({ ok: false, problems: [{ atMs: 3000, untilMs: 6000, node: 'desk', kind: 'cpu', detail: cpu.detail }] })
    expect(summaryOf({ thresholds: ['p99<200ms'], each: well, bad: [3, 4, 5], meta: { allowSaturated: true } }).verdict).toBe('passed')
    const once = summaryOf({ thresholds: ['p99<200ms'], each: well, bad: [3, 4, 7] })
    expect([once.verdict, once.health.ok]).toEqual(['passed', true])
    expect(summaryOf({ load: { rate: 100, duration: '9s', warmup: '1s' }, each: (s) => (s === 0 ? {} : well()), bad: [0], thresholds: ['p99<200ms'] }).verdict).toBe('passed')
  })

  it('withholds the verdict when the counts do not add up', () => {
    const odd = summaryOf({ thresholds: ['p99<200ms'], each: (s) => (s === 5 ? { ...well(), planned: 101 } : well()), meta: { allowSaturated: true } })
    expect([odd.verdict, odd.imbalance]).toEqual(['not-trustworthy', 'planned 1001, but started 1000 + dropped 0 + lost 0'])
  })

  it('withholds the verdict when more than 5 % was never sent, and says why', () => {
    const lost = (node: string): SummaryMeta['events'][number] => ({ atMs: 5000, kind: 'node-lost', detail: { node } })
    const silent = (events: SummaryMeta['events'] = []): Summary => summaryOf({ thresholds: ['p99<200ms'], each: (s) => (s === 5 ? null : well()), meta: { events, allowSaturated: true } })
    expect(silent()).toMatchObject({ verdict: 'not-trustworthy', imbalance: null, ledger: { planned: 1000, started: 900, lost: 100 }, reason: 'Not trustworthy: 10% of the load, 100 iterations, was never sent.' })
    expect(silent([lost('w1'), lost('w2'), lost('w1')]).reason).toBe('Not trustworthy: 10% of the load, 100 iterations, was never sent, as w1, w2 got lost.')
    expect(silent(['w1', 'w2', 'w3', 'w4', 'w5'].map(lost)).reason).toContain('as w1, w2, w3, +2 got lost.')
    expect(silent([{ atMs: 0, kind: 'deficit', detail: { perSecond: 10 } }]).reason).toBe('Not trustworthy: 10% of the load, 100 iterations, was never sent, as the nodes may not send more.')
    const little = summaryOf({ thresholds: ['p99<200ms'], each: (s) => (s === 5 ? { response: times(60, 4210) } : well()) })
    expect(little).toMatchObject({ verdict: 'passed', ledger: { planned: 1000, lost: 40 } })
  })

  it('withholds the verdict when more was sent than the target', () => {
    const over = summaryOf({ thresholds: ['p99<200ms'], each: (s) => (s === 5 ? { response: times(130, 4210) } : well()), meta: { complete: true } })
    expect(over).toMatchObject({ verdict: 'not-trustworthy', imbalance: null, ledger: { planned: 1030, started: 1030 }, reason: 'Not trustworthy: 30 iterations were sent beyond the target.' })
  })

  it('blames the target, not the idle generator, when the target falls behind', () => {
    const slow = (): Told => ({ response: times(70, 4_000_000), dropped: 30 })
    expect(summaryOf({ each: slow })).toMatchObject({ verdict: 'no-thresholds', reason: 'The target answered only 70 req/s of 100 req/s; the generator kept up. No thresholds were set.' })
    expect(summaryOf({ each: slow, thresholds: ['rate>=95%'] }).reason).toBe('rate was 70%, the threshold is rate>=95%; the target answered only 70 req/s of 100 req/s, the generator kept up.')
    expect(summaryOf({ each: slow, thresholds: ['errors<1%'] })).toMatchObject({ verdict: 'passed', reason: 'The thresholds hold, but the target answered only 70 req/s of 100 req/s; the generator kept up.' })
  })

  it('has a sentence of its own for a target that never answers', () => {
    const refused = (): Told => ({ response: times(100, 200), errors: [{ kind: 'refused', status: 0, message: 'connect ECONNREFUSED 127.0.0.1:8080', count: 100 }], statuses: {} })
    const reason = '0 of 1,000 requests were answered: connect ECONNREFUSED 127.0.0.1:8080. Is the server running?'
    expect(summaryOf({ each: refused })).toMatchObject({ verdict: 'no-thresholds', reason })
    expect(summaryOf({ each: refused, thresholds: ['p99<1s'], bad: [1, 2] })).toMatchObject({ verdict: 'failed', reason })
    const ports = (): Told => ({ ...refused(), errors: [{ kind: 'ports-exhausted', status: 0, message: 'no local port left', count: 100 }] })
    expect(summaryOf({ each: ports, bad: [1, 2, 3] }).verdict).toBe('not-trustworthy')
  })

  it('calls a run failed that was stopped for its errors, with and without thresholds, but believes no generator that gave way', () => {
    const events: SummaryMeta['events'] = [{ atMs: 5000, kind: 'error-limit', detail: { errorRate: 0.62, limit: 0.5 } }]
    const reason = 'Stopped at 00:05: 62% of the last five seconds failed, more than the limit of 50%.'
    for (const thresholds of [[], ['p99<200ms']]) expect(summaryOf({ thresholds, each: well, seconds: 5, meta: { events } })).toMatchObject({ verdict: 'failed', reason })
    expect(summaryOf({ each: well, seconds: 5, bad: [1, 2, 3], meta: { events } }).verdict).toBe('not-trustworthy')
    const refused = (): Told => ({ response: times(100, 200), errors: [{ kind: 'refused', status: 0, message: 'connect ECONNREFUSED', count: 100 }], statuses: {} })
    expect(summaryOf({ each: refused, meta: { events } })).toMatchObject({ verdict: 'failed', reason: '0 of 1,000 requests were answered: connect ECONNREFUSED. Is the server running?' })
  })

  it('says why a run could not be carried out', () => {
    const failed = summaryOf({ each: () => null, seconds: 1, meta: { status: 'failed', failure: 'no node could resolve the name.' } })
    expect([failed.verdict, failed.reason]).toEqual(['no-thresholds', 'The run could not be carried out: no node could resolve the name.'])
  })

  it('knows no target rate in the closed model and never calls it short', () => {
    const summary = summaryOf({ load: { connections: 5, duration: '10s' }, each: () => ({ response: times(7, 700_000) }) })
    expect([summary.rate.target, summary.rate.achieved, summary.run.model]).toEqual([null, 7, 'closed'])
    expect(summary.reason).toBe('Finished: p99 700 ms, 0% errors. No thresholds were set.')
  })
})

describe('judgeLive', () => {
  const nodes = [{ id: 'a', name: 'desk', share: 1 }]
  const live = (thresholds: string[], load: LoadSpec, told: (Told | null)[], bad: number[] = []): [string, string] => {
    const run = new RunAggregate(spec(load, thresholds), compileLoad(load))
    told.forEach((each, s) => {
      if (each !== null) run.add('a', sample(s, each, { problems: bad.includes(s) ? [cpu] : [], inFlight: 30 }))
      run.closeSecond(s)
    })
    const { sentence, tone } = judgeLive(run, { nodes, events: [] }, 12)
    return [sentence.key, tone]
  }
  const load = { rate: 100, duration: '10s' }

  it('speaks for every state of a run', () => {
    expect(live([], load, [])).toEqual(['verdict.starting', 'pending'])
    expect(live([], { ...load, warmup: '5s' }, [well()])).toEqual(['verdict.warming-up', 'pending'])
    expect(live([], load, [well()])).toEqual(['live.running', 'plain'])
    expect(live(['p99<200ms'], load, [well()])).toEqual(['live.passing.one', 'ok'])
    expect(live(['p99<200ms', 'errors<1%'], load, [well()])).toEqual(['live.passing', 'ok'])
    expect(live(['p99<1ms'], load, [well()])).toEqual(['live.failing', 'bad'])
    expect(live(['p99<1ms'], load, [well(), well()], [0, 1])).toEqual(['live.generator', 'warn'])
    expect(live(['p99<20s'], load, [{ response: times(60, 4_000), dropped: 40 }, { response: times(60, 4_000), dropped: 40 }])).toEqual(['live.bound', 'warn'])
    expect(live([], load, [{ response: times(10, 100), dropped: 90, statuses: {}, errors: [{ kind: 'refused', status: 0, message: 'refused', count: 10 }] }])).toEqual(['live.unanswered', 'bad'])
    expect(live(['p99<1ms'], load, [well(), null])).toEqual(['live.lost', 'warn'])
    expect(live(['p99<1ms'], load, [well(), { response: times(140, 4_000) }])).toEqual(['live.overload', 'warn'])
  })
})
