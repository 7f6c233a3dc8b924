import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEngine } from '../../../src/main/engine/engine.ts'
import type { EnginePlan, EngineRun } from '../../../src/main/engine/plan.ts'
import { steadyNow } from '../../../src/shared/clock.ts'
import type { AppError } from '../../../src/shared/errors.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'
import { compileLoad, plannedTotal, withRate } from '../../../src/shared/task/load.ts'
import type { Sample, Tally } from '../../../src/shared/results/sample.ts'
import type { LoadSpec, TaskSpec, TransportSpec } from '../../../src/shared/task/task.ts'
import { constant } from '../../support/profiles.ts'
import { startCountingTarget } from '../../support/counting-target.ts'
import type { CountingTarget } from '../../support/counting-target.ts'

const engine = createEngine({
  thread: new URL('../../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../../src/main/engine/ticker-thread.ts', import.meta.url),
})

let target: CountingTarget
let before = 0

beforeAll(async () => {
  target = await startCountingTarget()
})
beforeEach(async () => {
  before = await target.count()
})
afterAll(() => target.stop())

function planOf(load: LoadSpec, options: { path?: string; threads?: number; transport?: Partial<TransportSpec>; checks?: string[] } = {}): EnginePlan {
  const spec: TaskSpec = {
    schema: 'stampede.task/1',
    name: 'test',
    load,
    request: { method: 'GET', url: target.url + (options.path ?? '/'), headers: {} },
    checks: options.checks ?? [],
    thresholds: [],
    transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false, ...options.transport },
    tags: {},
  }
  return { runId: 'run', spec, load: compileLoad(load), share: [{ from: 0, to: 1 }], threads: options.threads ?? 1, seed: 5 }
}

async function start(plan: EnginePlan): Promise<EngineRun> {
  const run = await engine.prepare(plan)
  run.begin(steadyNow())
  return run
}

/** Reads to the end, and holds every run to what holds for all. */
async function finish(run: EngineRun): Promise<{ samples: Sample[]; sum: (count: keyof Tally) => number; histogram: (name: 'response' | 'service' | 'lag') => Histogram }> {
  const samples: Sample[] = []
  for await (const sample of run.samples()) samples.push(sample)
  const tallies = samples.flatMap(({ tally, warmup }) => (warmup === null ? [tally] : [tally, warmup]))
  const sum = (count: keyof Tally): number => tallies.reduce((total, tally) => total + Number(tally[count]), 0)
  const histogram = (name: 'response' | 'service' | 'lag'): Histogram => {
    const merged = new Histogram()
    for (const tally of tallies) merged.mergeEncoded(tally[name])
    return merged
  }
  expect(samples.map(({ second }) => second)).toEqual([...samples.keys()])
  expect(samples.map(({ last }) => last)).toEqual(samples.map((_, i) => i === samples.length - 1))
  expect(sum('planned')).toBe(sum('started') + sum('dropped'))
  expect(sum('started')).toBe(sum('completed') + sum('cancelled'))
  return { samples, sum, histogram }
}

async function arrived(): Promise<number> {
  return (await target.count()) - before
}

describe('counts agree with the server to the request', () => {
  it.each<[string, LoadSpec, number, number]>([
    ['a constant rate', { rate: 400, duration: '2s' }, 1, 800],
    ['a constant rate on three threads', { rate: 400, duration: '2s' }, 3, 800],
    ['stages', { stages: [{ duration: '1s', target: 600 }, { duration: '1s', target: 200 }] }, 1, 700],
    ['stages on three threads', { stages: [{ duration: '1s', target: 600 }, { duration: '1s', target: 200 }] }, 3, 700],
    ['Poisson arrivals', { rate: 400, duration: '2s', arrivals: 'poisson' }, 1, 800],
    ['Poisson arrivals on three threads', { rate: 400, duration: '2s', arrivals: 'poisson' }, 3, 800],
    ['a number of requests', { rate: 500, requests: 333 }, 2, 333],
    ['a warm-up', { rate: 300, duration: '1s', warmup: '1s' }, 1, 600],
    ['a closed load by count', { connections: 7, requests: 1000 }, 1, 1000],
    ['a closed load by count on three threads', { connections: 7, requests: 1000 }, 3, 1000],
  ])('for %s', async (_name, load, threads, expected) => {
    const { sum } = await finish(await start(planOf(load, { threads })))
    expect([sum('planned'), sum('completed'), sum('requests'), sum('failed'), await arrived()]).toEqual([expected, expected, expected, 0, expected])
  })

  it('for a closed load by duration', async () => {
    const { sum } = await finish(await start(planOf({ connections: 5, duration: '1s' })))
    expect(sum('completed')).toBe(await arrived())
    expect(sum('completed')).toBeGreaterThan(5)
  })

  it('for a server that closes after every answer', async () => {
    const { sum } = await finish(await start(planOf({ connections: 5, requests: 300 }, { path: '/close' })))
    expect([sum('completed'), sum('failed'), await arrived()]).toEqual([300, 0, 300])
  })

  it('for the undici lane', async () => {
    const run = await start(planOf({ rate: 300, duration: '1s' }, { transport: { follow: true } }))
    expect(run.lane.lane).toBe('undici')
    const { sum } = await finish(run)
    expect([sum('completed'), sum('failed'), await arrived()]).toEqual([300, 0, 300])
  })

  it.each([1, 3])('for two changes of rate while it runs, on %i threads', async (threads) => {
    const run = await start(planOf({ rate: 200, duration: '3s' }, { threads }))
    const first = withRate(constant(200, 3000), 1000, 600)
    const second = withRate(first, 2000, 100)
    run.setProfile(first)
    const reading = run.samples()[Symbol.asyncIterator]()
    const samples = [(await reading.next()).value as Sample, (await reading.next()).value as Sample]
    run.setProfile(second)
    for (let next = await reading.next(); next.done !== true; next = await reading.next()) samples.push(next.value)
    const planned = samples.map(({ tally }) => tally.planned)
    expect(planned.slice(0, 2)).toEqual([200, 600])
    // The second change reaches the threads a moment after its instant, at the old rate for so long.
    expect(planned.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(plannedTotal(second))
    expect(planned.reduce((a, b) => a + b)).toBe(await arrived())
  })
})

describe('a run', () => {
  it('puts exactly the rate into each second, the first one included', async () => {
    const { samples } = await finish(await start(planOf({ rate: 500, duration: '2s' })))
    expect(samples.slice(0, 2).map(({ tally }) => tally.planned)).toEqual([500, 500])
  })

  it('keeps the warm-up apart', async () => {
    const { samples } = await finish(await start(planOf({ rate: 300, duration: '1s', warmup: '1s' })))
    expect(samples.reduce((sum, { tally }) => sum + tally.planned, 0)).toBe(300)
    expect(samples.reduce((sum, { warmup }) => sum + (warmup?.planned ?? 0), 0)).toBe(300)
  })

  it('executes the share that it is given, and takes over the rest when told so', async () => {
    const half = await finish(await start({ ...planOf({ rate: 1000, duration: '1s' }, { threads: 2 }), share: [{ from: 0.5, to: 1 }] }))
    expect(half.sum('planned')).toBeGreaterThan(490)
    expect(half.sum('planned')).toBeLessThan(510)
    const run = await start({ ...planOf({ rate: 1000, duration: '2s' }, { threads: 2 }), share: [] })
    run.setShare([{ from: 0, to: 1 }], 1000)
    const { samples } = await finish(run)
    expect(samples.slice(0, 2).map(({ tally }) => tally.planned)).toEqual([0, 1000])
  })

  it('measures the wait for a connection as response time, and leaves the generator unblamed', async () => {
    const run = await start(planOf({ rate: 50, duration: '1s', connections: 5 }, { path: '/slow' }))
    const { samples, histogram } = await finish(run)
    expect(histogram('response').max).toBeGreaterThan(1_000_000)
    expect(histogram('service').percentile(50)).toBeLessThan(histogram('response').percentile(50)!)
    expect(samples.flatMap(({ problems }) => problems).filter(({ kind }) => kind === 'cpu')).toEqual([])
  })

  it('counts refused statuses as failures, with masked samples', async () => {
    const { samples, sum } = await finish(await start(planOf({ rate: 100, duration: '1s' }, { path: '/busy' })))
    expect(sum('failed')).toBe(100)
    expect(samples[0]?.tally.errors).toEqual([{ kind: 'check', status: 503, message: '503 Service Unavailable', count: expect.any(Number) }])
    const errorSamples = samples.flatMap((sample) => sample.errorSamples)
    expect(errorSamples).toHaveLength(5)
    expect(errorSamples[0]?.head).toMatch(/^HTTP\/1\.1 503/)
    expect(errorSamples[0]?.head).not.toContain('secret')
    expect(errorSamples[0]?.body).toBe('busy')
  })

  it('counts a target that is down as failures, not as silence', async () => {
    const plan = planOf({ rate: 100, duration: '1s' })
    plan.spec.request.url = 'http://127.0.0.1:9/'
    const { sum, samples } = await finish(await start(plan))
    expect([sum('planned'), sum('failed')]).toEqual([100, 100])
    expect(samples[0]?.tally.errors[0]?.kind).toBe('refused')
  })
})

describe('a stop', () => {
  it('against a server that never answers ends with the grace, everything accounted for', async () => {
    const run = await start(planOf({ rate: 200, duration: '60s' }, { path: '/never' }))
    const reading = run.samples()[Symbol.asyncIterator]()
    const samples = [(await reading.next()).value as Sample]
    run.stop(0, 300)
    for (let next = await reading.next(); next.done !== true; next = await reading.next()) samples.push(next.value)
    const sum = (count: 'planned' | 'started' | 'dropped' | 'cancelled' | 'completed'): number => samples.reduce((total, { tally }) => total + tally[count], 0)
    expect([sum('completed'), sum('started')]).toEqual([0, sum('cancelled')])
    expect(sum('planned')).toBe(sum('started') + sum('dropped'))
    expect(sum('planned')).toBeGreaterThanOrEqual(200)
    expect(samples.at(-1)?.last).toBe(true)
  })

  it('lets the answers that come within the grace count', async () => {
    const run = await start(planOf({ rate: 100, duration: '60s' }, { path: '/slow', threads: 2 }))
    run.stop(500, 5000)
    const { sum } = await finish(run)
    expect([sum('planned'), sum('completed'), sum('cancelled'), await arrived()]).toEqual([50, 50, 0, 50])
  })

  it('cannot be outlived by a lease that is over: nothing is sent, and nothing made up for', async () => {
    const run = await engine.prepare(planOf({ rate: 200, duration: '3s' }, { threads: 2 }))
    run.extendLease(steadyNow() - 1)
    const startAt = steadyNow() + 50
    run.begin(startAt)
    setTimeout(() => run.extendLease(Infinity), startAt + 1500 - steadyNow())
    const { samples, sum } = await finish(run)
    expect(samples.map(({ tally }) => tally.planned).slice(0, 3)).toEqual([0, expect.any(Number), 200])
    expect(samples[1]!.tally.planned).toBeLessThan(120)
    expect(await arrived()).toBe(sum('planned'))
  })

  it('before the start ends an armed run', async () => {
    const run = await engine.prepare(planOf({ rate: 100, duration: '60s' }))
    run.begin(steadyNow() + 3_600_000)
    run.stop(0, 0)
    expect((await finish(run)).sum('planned')).toBe(0)
  })
})

describe('what cannot go well', () => {
  it('refuses a request that cannot be sent, before any thread is started', async () => {
    const plan = planOf({ rate: 1, duration: '1s' })
    plan.spec.request.headers = { 'x-a': 'b\r\nx-c: d' }
    await expect(engine.prepare(plan)).rejects.toMatchObject({ code: 'bad-input' } satisfies Partial<AppError>)
  })

  it('ends with a clear error when a thread cannot be started', async () => {
    const broken = createEngine({ thread: new URL('./no-such-thread.ts', import.meta.url), ticker: new URL('./no-such-thread.ts', import.meta.url) })
    await expect(broken.prepare(planOf({ rate: 1, duration: '1s' }))).rejects.toMatchObject({ code: 'cannot-start' })
  })

  it('does not start without its ticker thread', async () => {
    const broken = createEngine({ thread: new URL('../../../src/main/engine/engine-thread.ts', import.meta.url), ticker: new URL('./no-such-thread.ts', import.meta.url) })
    await expect(broken.prepare(planOf({ rate: 1, duration: '1s' }))).rejects.toMatchObject({ code: 'cannot-start' })
  })

  it('ends with a clear error when a thread crashes while it runs', async () => {
    const fragile = createEngine({ thread: new URL('../../support/crashing-thread.ts', import.meta.url), ticker: new URL('./no-such-thread.ts', import.meta.url) })
    const run = await fragile.prepare(planOf({ rate: 100, duration: '60s' }, { threads: 2 }))
    run.begin(steadyNow())
    await expect(finish(run)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('out of order') })
  })

  it('is over at once when killed', async () => {
    const run = await start(planOf({ rate: 100, duration: '60s' }))
    const reading = run.samples()[Symbol.asyncIterator]()
    const next = reading.next()
    await run.kill()
    expect((await next).done).toBe(true)
  })
})
