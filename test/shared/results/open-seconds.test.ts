import { describe, expect, it } from 'vitest'
import { bytesFromJson, bytesToJson } from '../../../src/shared/base64.ts'
import { Histogram, readCells } from '../../../src/shared/results/histogram.ts'
import type { MergedSecond, SavedSecond } from '../../../src/shared/results/open-second.ts'
import { OpenSeconds } from '../../../src/shared/results/open-seconds.ts'
import type { Sample, StepTally } from '../../../src/shared/results/sample.ts'
import { MOST_NODES_PER_POINT, MOST_STEPS_PER_POINT } from '../../../src/shared/results/summary.ts'
import { cpu, sample, tally, times } from '../samples.ts'

const frame = { second: 4, warmup: false, target: 10 }

function add(seconds: OpenSeconds, nodeId: string, one: Sample): void {
  const { response, service, lag } = one.tally
  seconds.of(one.second).add(nodeId, one, { response: readCells(response), service: readCells(service), lag: readCells(lag) })
}

function closed(samples: [nodeId: string, sample: Sample][], seconds = new OpenSeconds()): MergedSecond {
  for (const [nodeId, one] of samples) add(seconds, nodeId, one)
  return seconds.close(frame)
}

describe('OpenSeconds', () => {
  it('merge tally and warm-up where the border falls into the second', () => {
    const { point, response } = closed([['a', sample(4, { response: times(3, 1000) }, { warmup: tally({ response: times(2, 5000) }) })]])
    expect(point).toMatchObject({ atMs: 5000, completed: 5, p50: 1, max: 5, statuses: { 200: 5 } })
    expect(Histogram.decode(response).count).toBe(5)
  })

  it('tell what was due and what was completed before they are closed, the warm-up in the first only', () => {
    const seconds = new OpenSeconds()
    add(seconds, 'a', sample(4, { response: times(3, 1000) }, { warmup: tally({ response: times(2, 5000) }) }))
    add(seconds, 'a', sample(5, { response: times(4, 1000) }))
    expect([seconds.dueIn(4), seconds.dueIn(5), seconds.dueIn(6), seconds.completed]).toEqual([5, 4, 0, 7])
  })

  it('keep nothing of the second before', () => {
    const seconds = new OpenSeconds()
    closed([['a', sample(4, { response: times(3, 900_000) })]], seconds)
    expect(closed([], seconds).point).toMatchObject({ p99: null, lagP99: null, heat: [], completed: 0, nodes: [] })
  })

  const stepTally = (requests: number, us: number, failed = 0): StepTally => {
    const histogram = new Histogram()
    for (let i = 0; i < requests; i++) histogram.record(us)
    return { requests, failed, response: histogram.encode(), service: histogram.encode() }
  }
  const withSteps = (...steps: StepTally[]): Sample => ({ ...sample(4), tally: { ...tally(), steps } })

  it('tell what each step did, over nodes and with the warm-up, the first ones of many', () => {
    const warm = { ...withSteps(stepTally(1, 2000), stepTally(3, 9000)), warmup: { ...tally(), steps: [stepTally(2, 2000, 1)] } }
    const { point } = closed([['a', warm], ['b', withSteps(stepTally(4, 2000), stepTally(1, 9000, 1))]])
    expect(point.steps).toMatchObject([{ completed: 7, failed: 1, p50: 2, max: 2, serviceP99: 2 }, { completed: 4, failed: 1, p99: 9 }])
    expect(point.steps?.map(({ heat }) => Array.from(heat)[1])).toEqual([7, 4])
    expect(closed([['a', withSteps(...Array.from({ length: 40 }, () => stepTally(1, 1000)))]]).point.steps).toHaveLength(MOST_STEPS_PER_POINT)
  })

  it('keep nothing of the steps of the second before, and name none where there are none', () => {
    const seconds = new OpenSeconds()
    closed([['a', withSteps(stepTally(5, 900_000), stepTally(5, 900_000))]], seconds)
    expect(closed([['a', withSteps(stepTally(1, 1000))]], seconds).point.steps).toMatchObject([{ completed: 1, failed: 0, max: 1 }])
    expect(closed([['a', sample(4, { response: times(1, 1000) })]], seconds).point).not.toHaveProperty('steps')
  })

  it('go on with their steps after they were saved', () => {
    const first = new OpenSeconds()
    add(first, 'a', withSteps(stepTally(2, 1000), stepTally(2, 3000)))
    const resumed = closed([['b', withSteps(stepTally(1, 1000, 1))]], OpenSeconds.restore(bytesFromJson(bytesToJson(first.save())) as [number, SavedSecond][]))
    expect(resumed.point.steps).toMatchObject([{ completed: 3, failed: 1 }, { completed: 2, failed: 0, p50: 3 }])
  })

  it('bound the groups of failures and lose no count', () => {
    const errors = Array.from({ length: 120 }, (_, n) => ({ kind: 'protocol' as const, status: 0, message: `bad line ${n}`, count: n + 1 }))
    const { point } = closed([['a', sample(4, { errors })], ['b', sample(4, { errors: errors.slice(0, 1) })]])
    expect(point.errors).toHaveLength(51)
    expect(point.errors.at(-1)).toMatchObject({ kind: 'other', message: 'other' })
    expect(point.errors.reduce((sum, { count }) => sum + count, 0)).toBe(121 * 60 + 1)
  })

  it('name each kind of generator problem once and show the worst node', () => {
    const { point } = closed([
      ['a', sample(4, {}, { problems: [cpu] })],
      ['b', sample(4, {}, { problems: [cpu, { kind: 'ports', detail: 'none left' }], vitals: { processCpuPercent: 99, threadCpuPercent: 98, loopLagMs: 30, scheduleLagMs: 9, threads: 1 } })],
    ])
    expect(point).toMatchObject({ problems: ['cpu', 'ports'], cpuPercent: 98, loopLagMs: 30 })
  })

  it('tell of a large fleet only so many nodes, those in trouble among them', () => {
    const hot = { processCpuPercent: 99, threadCpuPercent: 99, loopLagMs: 0, scheduleLagMs: 0, threads: 1 }
    const fleet = Array.from({ length: 1000 }, (_, n): [string, Sample] => [`node-${String(n).padStart(4, '0')}`, sample(4, { response: times(1, 1000) }, n === 777 ? { vitals: hot } : {})])
    const { point } = closed(fleet)
    expect(point.completed).toBe(1000)
    expect(point.nodes).toHaveLength(MOST_NODES_PER_POINT)
    expect(point.nodes.slice(0, 2).map(({ id }) => id)).toEqual(['node-0777', 'node-0000'])
    expect(JSON.stringify(point).length).toBeLessThan(20_000)
  })

  it('go on after they were saved, and what is saved does not grow with the number of nodes', () => {
    const samples = (from: number, to: number): [string, Sample][] => Array.from({ length: to - from }, (_, n) => [`n${from + n}`, sample(4, { response: times(10, 1000 + 7 * n) }, { problems: [cpu] })])
    const whole = closed(samples(0, 200))
    const first = new OpenSeconds()
    for (const [nodeId, one] of samples(0, 120)) add(first, nodeId, one)
    const text = bytesToJson(first.save())
    expect(text.length).toBeLessThan(20_000)
    const rest = Array.from({ length: 80 }, (_, n): [string, Sample] => [`n${120 + n}`, samples(0, 200)[120 + n]?.[1] as Sample])
    const resumed = closed(rest, OpenSeconds.restore(bytesFromJson(text) as [number, SavedSecond][]))
    expect(resumed.response).toEqual(whole.response)
    expect({ ...resumed.point, nodes: [] }).toEqual({ ...whole.point, nodes: [] })
  })
})
