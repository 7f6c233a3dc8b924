import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RunAggregate } from '../../../src/shared/results/aggregate.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { compileLoad, withRate } from '../../../src/shared/task/load.ts'
import type { ErrorSample, Sample } from '../../../src/shared/results/sample.ts'
import type { LoadSpec } from '../../../src/shared/task/task.ts'
import { cpu, sample, spec, tally, times } from '../samples.ts'

const aggregateOf = (load: LoadSpec, thresholds: string[] = []): RunAggregate => new RunAggregate(spec(load, thresholds), compileLoad(load))

describe('RunAggregate', () => {
  it('closes a second to a point with exact counts and merged percentiles of all nodes', () => {
    const run = aggregateOf({ rate: 10, duration: '2s' })
    run.add('a', sample(0, { response: [...times(4, 1000), 900_000] }, { inFlight: 2, connections: 3 }))
    run.add('b', sample(0, { response: times(5, 2000), errors: [{ kind: 'check', status: 503, message: '503 Service Unavailable', count: 2 }], statuses: { 200: 3, 503: 2 } }, { inFlight: 1, queued: 4 }))
    const point = run.closeSecond(0)
    expect(point).toMatchObject({
      atMs: 1000, warmup: false, target: 10, planned: 10, started: 10, completed: 10, failed: 2, p50: 2, p99: 900, max: 900, inFlight: 3, queued: 4, connections: 4,
      statuses: { 200: 8, 503: 2 }, errors: [{ kind: 'check', status: 503, message: '503 Service Unavailable', count: 2 }], cpuPercent: 15,
    })
    expect(point.heat.filter((_, i) => i % 2 === 1).reduce((sum, n) => sum + n, 0)).toBe(10)
    expect(point.nodes.map(({ id, completed }) => [id, completed])).toEqual([['a', 5], ['b', 5]])
  })

  it('makes a gap, not zeros that look measured, of a second without samples', () => {
    const point = aggregateOf({ rate: 10, duration: '2s' }).closeSecond(0)
    expect(point).toMatchObject({ target: 10, completed: 0, p50: null, p99: null, max: null, lagP99: null, heat: [], nodes: [] })
  })

  it('counts a sample that comes after its second was closed in the totals, once', () => {
    const run = aggregateOf({ rate: 10, duration: '2s' })
    run.add('a', sample(0, { response: times(5, 1000) }))
    expect(run.closeSecond(0).completed).toBe(5)
    run.add('b', sample(0, { response: times(5, 1000) }))
    expect(run.closeSecond(1).completed).toBe(0)
    expect(run.totals()).toMatchObject({ planned: 20, completed: 10 })
    expect(run.ledger()).toMatchObject({ planned: 20, started: 10, completed: 10, lost: 10 })
  })

  it('remembers of a failure that it keeps which node saw it', () => {
    const run = aggregateOf({ rate: 10, duration: '10s' })
    const seen: ErrorSample = { kind: 'check', status: 503, message: '503', atMs: 500, method: 'GET', url: 'http://h/', responseTimeMs: 3, head: '', body: '' }
    run.add('w2', sample(0, { errors: [{ kind: 'check', status: 503, message: '503', count: 2 }], response: times(2, 1000) }, { errorSamples: [seen] }))
    expect(run.errors()[0]?.samples).toEqual([{ ...seen, nodeId: 'w2' }])
  })

  it('keeps the ledger exact and every order of figures right, however the samples are spread', () => {
    const second = fc.array(fc.record({
      response: fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 20 }), dropped: fc.nat(5), cancelled: fc.nat(5),
    }), { minLength: 1, maxLength: 4 })
    fc.assert(fc.property(fc.array(second, { minLength: 1, maxLength: 6 }), (seconds) => {
      const run = aggregateOf({ rate: 10, duration: '60s' })
      seconds.forEach((nodes, s) => {
        nodes.forEach((told, n) => run.add(`n${n}`, sample(s, told)))
        const p = run.closeSecond(s)
        const course = [p.p50, p.p90, p.p95, p.p99, p.p999, p.max].filter((ms) => ms !== null)
        expect(course).toEqual(course.toSorted((a, b) => a - b))
      })
      run.end(60_000)
      const { planned, started, dropped, lost, completed, cancelled } = run.ledger()
      expect(planned).toBe(started + dropped + lost)
      expect(started).toBe(completed + cancelled)
      const total = run.totals()
      const course = [total.p50, total.p90, total.p95, total.p99, total.p999, total.max].filter((ms) => ms !== null)
      expect(course).toEqual(course.toSorted((a, b) => a - b))
      expect(completed).toBe(seconds.flat().reduce((sum, { response }) => sum + response.length, 0))
    }), { numRuns: 30 })
  })

  it('keeps the warm-up out of the result but on the chart', () => {
    const run = aggregateOf({ rate: 10, duration: '2s', warmup: '1s' })
    run.add('a', sample(0, {}, { warmup: tally({ response: times(10, 400_000) }) }))
    expect(run.closeSecond(0)).toMatchObject({ warmup: true, completed: 10, p50: 400, target: 10 })
    expect(run.totals()).toMatchObject({ planned: 0, completed: 0, p50: null })
    run.add('a', sample(1, { response: times(10, 1000) }))
    expect(run.closeSecond(1)).toMatchObject({ warmup: false, completed: 10 })
    expect(run.totals()).toMatchObject({ planned: 10, completed: 10, p50: 1, max: 1, targetRate: 10 })
  })

  it('shows the target of the profile, changed while it runs, and none in the closed model', () => {
    const load = compileLoad({ rate: 10, duration: '10s' })
    const run = new RunAggregate(spec({ rate: 10, duration: '10s' }), load)
    if (load.model === 'open') run.setLoad({ ...load, profile: withRate(load.profile, 1500, 30) })
    expect([0, 1, 2].map((s) => run.closeSecond(s).target)).toEqual([10, 20, 30])
    run.stop(3500)
    expect([3, 4].map((s) => run.closeSecond(s).target)).toEqual([15, 0])
    const closed = aggregateOf({ connections: 5, duration: '10s' })
    expect(closed.closeSecond(0).target).toBe(0)
    expect([closed.totals().targetRate, closed.recent().targetRate]).toEqual([null, null])
  })

  it('tells the last 5 seconds apart from the whole run, until it has ended', () => {
    const run = aggregateOf({ rate: 10, duration: '10s' })
    for (let s = 0; s < 10; s++) {
      run.add('a', sample(s, { response: times(10, s < 5 ? 1000 : 8000) }))
      run.closeSecond(s)
    }
    expect(run.recent()).toMatchObject({ p50: 8, planned: 50, completed: 50, achievedRate: 10, targetRate: 10, errorRate: 0 })
    expect(run.totals()).toMatchObject({ p50: 1, p90: 8, planned: 100, completed: 100 })
    run.end(10_000)
    expect(run.recent()).toEqual(run.totals())
  })

  it('says since when a threshold has been failing, and when it recovered', () => {
    const run = aggregateOf({ rate: 10, duration: '10s' }, ['p50<5ms', 'errors<1%'])
    const counts = [10, 30, 100]
    expect(run.thresholds()).toMatchObject([{ value: null, ok: true }, { value: null, ok: true }])
    counts.forEach((n, s) => {
      run.add('a', sample(s, { response: times(n, s === 1 ? 20_000 : 1000) }))
      run.closeSecond(s)
      if (s === 1) expect(run.thresholds()[0]).toEqual({ expression: 'p50<5ms', value: 20, unit: 'ms', ok: false, failingSinceMs: 2000 })
    })
    expect(run.thresholds()[0]).toMatchObject({ value: 1, ok: true, failingSinceMs: null })
    expect(run.takeEvents().map(({ kind, atMs }) => [kind, atMs])).toEqual([['threshold-crossed', 2000], ['threshold-recovered', 3000]])
    expect(run.takeEvents()).toEqual([])
  })

  it('holds a threshold that was never measured against the run in the end', () => {
    const run = aggregateOf({ rate: 10, duration: '1s' }, ['p99<5ms'])
    run.closeSecond(0)
    run.end(1000)
    expect(run.thresholds()).toEqual([{ expression: 'p99<5ms', value: null, unit: 'ms', ok: false, failingSinceMs: null }])
  })

  it('joins a node\'s bad seconds to stretches', () => {
    const run = aggregateOf({ rate: 10, duration: '10s' })
    for (const [s, bad] of [[0, false], [1, true], [2, true], [3, false], [4, true]] as const) run.add('a', sample(s, {}, { problems: bad ? [cpu] : [] }))
    run.add('b', sample(2, {}, { problems: [cpu] }))
    expect(run.health().map(({ node, atMs, untilMs }) => [node, atMs, untilMs])).toEqual([['a', 1000, 3000], ['b', 2000, 3000], ['a', 4000, 5000]])
    expect(run.takeEvents().filter(({ kind }) => kind === 'generator-problem')).toHaveLength(3)
  })

  it('puts what a lost node had not finished, and what was its part afterwards, on the lost side of the ledger', () => {
    const run = aggregateOf({ rate: 20, duration: '2s' })
    run.add('a', sample(0, { response: times(10, 1000) }))
    run.add('b', sample(0, { planned: 10, started: 9, response: times(7, 1000) }, { inFlight: 2, queued: 1 }))
    run.closeSecond(0)
    run.add('a', sample(1, { response: times(10, 1000) }, { last: true }))
    run.loseNode('b', 1400)
    run.closeSecond(1)
    run.end(2000)
    expect(run.ledger()).toEqual({ planned: 40, started: 27, dropped: 0, lost: 13, completed: 27, failed: 0, cancelled: 0 })
  })

  it('counts what a lost node tells after all, and knows all of it once its last sample is there', () => {
    const run = aggregateOf({ rate: 20, duration: '2s' })
    run.add('a', sample(0, { response: times(10, 1000) }))
    run.closeSecond(0)
    run.add('a', sample(1, { response: times(10, 1000) }, { last: true }))
    run.loseNode('b', 1400)
    run.closeSecond(1)
    expect(run.ledger()).toMatchObject({ planned: 40, started: 20, lost: 20 })
    run.add('b', sample(0, { started: 10, response: times(9, 1000) }))
    expect(run.ledger()).toMatchObject({ planned: 40, started: 29, lost: 11 })
    run.add('b', sample(1, { planned: 4, started: 4, response: times(5, 1000) }, { last: true }))
    run.end(2000)
    expect(run.ledger()).toEqual({ planned: 40, started: 34, dropped: 0, lost: 6, completed: 34, failed: 0, cancelled: 0 })
  })

  it('takes what a node with a gap had started as ended when its answers are told', () => {
    const run = aggregateOf({ rate: 10, duration: '3s' })
    run.add('a', sample(0, { started: 10, response: times(8, 1000) }))
    run.markGap('a')
    run.add('a', sample(2, { started: 10, response: times(11, 1000) }, { last: true }))
    for (const second of [0, 1, 2]) run.closeSecond(second)
    run.end(3000)
    expect(run.ledger()).toEqual({ planned: 30, started: 19, dropped: 0, lost: 11, completed: 19, failed: 0, cancelled: 0 })
  })

  it('tells of a stretch in which more was sent than was due, once', () => {
    const run = aggregateOf({ rate: 10, duration: '6s' })
    for (const [second, n] of [10, 12, 13, 10, 10, 14].entries()) {
      run.add('a', sample(second, { response: times(n, 1000) }))
      run.closeSecond(second)
    }
    run.end(6000)
    expect(run.takeEvents()).toEqual([{ atMs: 1000, kind: 'overload', detail: { count: 5 } }, { atMs: 5000, kind: 'overload', detail: { count: 4 } }])
    expect(run.overload).toBe(9)
  })

  it('does not call it too much when a node heard of the stop a moment late', () => {
    const run = aggregateOf({ rate: 10, duration: '60s' })
    run.add('a', sample(0, { response: times(10, 1000) }))
    run.closeSecond(0)
    run.stop(1300)
    run.add('a', sample(1, { response: times(7, 1000) }, { last: true }))
    run.closeSecond(1)
    run.end(2000)
    expect([run.overload, run.takeEvents(), run.ledger().lost]).toEqual([0, [], 0])
  })

  it('knows of random arrivals only how many the whole run has', () => {
    const run = aggregateOf({ rate: 10, duration: '3s', arrivals: 'poisson' })
    for (const [second, n] of [13, 8, 9].entries()) {
      run.add('a', sample(second, { response: times(n, 1000) }))
      run.closeSecond(second)
    }
    expect([run.ledger().lost, run.overload]).toEqual([0, 0])
    run.end(3000)
    expect([run.ledger().lost, run.overload]).toEqual([0, 0])
    const half = aggregateOf({ rate: 10, duration: '3s', arrivals: 'poisson' })
    for (const [second, n] of [6, 3, 4].entries()) {
      half.add('a', sample(second, { response: times(n, 1000) }))
      half.closeSecond(second, 0.5)
    }
    expect(half.ledger().lost).toBe(15)
    half.end(3000)
    expect(half.ledger()).toMatchObject({ planned: 30, lost: 17 })
  })

  it('refuses a damaged sample whole', () => {
    const run = aggregateOf({ rate: 10, duration: '1s' })
    const damaged = sample(0, { response: times(10, 1000) })
    damaged.tally.dns = new Uint8Array([1, 2, 3])
    expect(() => run.add('a', damaged)).toThrow(AppError)
    const badWarmup = sample(0, { response: times(10, 1000) }, { warmup: { ...tally(), lag: new Uint8Array([9]) } })
    expect(() => run.add('a', badWarmup)).toThrow(AppError)
    expect(run.totals()).toMatchObject({ completed: 0, p50: null })
    expect(run.closeSecond(0).completed).toBe(0)
  })

  it('goes on after being saved and restored as if nothing had been', () => {
    const load = { rate: 10, duration: '10s' }
    const thresholds = ['p50<5ms', 'errors<1%']
    const told = (s: number): Sample => sample(s, { response: times(10, 1000 * (s + 1)), errors: s === 2 ? [{ kind: 'timeout', status: 0, message: 'no answer within 10 s', count: 1 }] : [] }, { problems: s === 1 ? [cpu] : [] })
    const never = aggregateOf(load, thresholds)
    let saved = aggregateOf(load, thresholds)
    for (let s = 0; s < 9; s++) {
      for (const run of [never, saved]) {
        run.add('a', told(s))
        run.add('b', told(s + 1))
      }
      saved = RunAggregate.restore(spec(load, thresholds), compileLoad(load), saved.serialize())
      expect(saved.closeSecond(s)).toEqual(never.closeSecond(s))
    }
    expect([saved.totals(), saved.recent(), saved.errors(), saved.thresholds(), saved.health(), saved.takeEvents(), saved.ledger(), saved.checks()])
      .toEqual([never.totals(), never.recent(), never.errors(), never.thresholds(), never.health(), never.takeEvents(), never.ledger(), never.checks()])
    expect(() => RunAggregate.restore(spec(load), compileLoad(load), '{"total":{}}')).toThrow(AppError)
    expect(() => RunAggregate.restore(spec(load), compileLoad(load), 'not json')).toThrow(AppError)
  })

  it('counts checks by their expression, the status rule that every task has included', () => {
    const run = aggregateOf({ rate: 10, duration: '1s' })
    expect(run.checks()).toEqual([{ expression: 'status < 400', passed: 0, failed: 0 }])
    run.add('a', sample(0, { response: times(10, 1000), checks: [{ passed: 8, failed: 2 }] }))
    expect(run.checks()).toEqual([{ expression: 'status < 400', passed: 8, failed: 2 }])
  })
})
