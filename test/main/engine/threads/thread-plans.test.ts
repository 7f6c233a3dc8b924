import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { threadPlans, threadsFor, warmConnections } from '../../../../src/main/engine/threads/thread-plans.ts'
import type { EnginePlan } from '../../../../src/main/engine/plan.ts'
import { compileLoad } from '../../../../src/shared/task/load.ts'
import { measure } from '../../../../src/shared/cluster/split.ts'
import type { LoadSpec, TaskSpec } from '../../../../src/shared/task/task.ts'

const planOf = (load: LoadSpec, threads = 0): EnginePlan => ({ runId: 'run', spec: {} as TaskSpec, load: compileLoad(load), share: [{ from: 0, to: 1 }], threads, seed: 1 })
const open = (rate: number, connections = 4000): EnginePlan => planOf({ rate, duration: '10s', connections })

describe('threadsFor', () => {
  it('gives one thread per 25,000 arrivals a second, but leaves a core', () => {
    expect(threadsFor(open(1000), 8)).toBe(1)
    expect(threadsFor(open(60_000), 8)).toBe(3)
    expect(threadsFor(open(1_000_000), 8)).toBe(7)
    expect(threadsFor(open(1_000_000), 1)).toBe(1)
    expect(threadsFor({ ...open(60_000), share: [{ from: 0, to: 0.1 }] }, 8)).toBe(1)
  })

  it('never starts more threads than connections, also when more are asked for', () => {
    expect(threadsFor(open(100_000, 2), 8)).toBe(2)
    expect(threadsFor(planOf({ connections: 3, duration: '1s' }, 8), 8)).toBe(3)
  })

  it('gives a closed load a thread per 50 virtual users', () => {
    expect(threadsFor(planOf({ connections: 50, duration: '1s' }), 8)).toBe(1)
    expect(threadsFor(planOf({ connections: 120, duration: '1s' }), 8)).toBe(3)
  })
})

describe('threadPlans', () => {
  it('divide shares and bounds so that they add up', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 8, max: 5000 }), (threads, connections) => {
      const parts = threadPlans(open(1000, connections), threads, 'http1')
      expect(parts.reduce((sum, { share }) => sum + measure(share), 0)).toBeCloseTo(1, 9)
      expect(parts.reduce((sum, { maxConnections }) => sum + maxConnections, 0)).toBe(connections)
      expect(parts.every(({ maxConnections, maxInFlight }) => maxConnections > 0 && maxInFlight > 0)).toBe(true)
    }))
  })

  it('keep the bound of the node, whatever the task says', () => {
    const bounded = (maxInFlight: number | null, threads: number): number[] => threadPlans({ ...open(1000, 100), maxInFlight }, threads, 'http1').map((part) => part.maxInFlight)
    expect(bounded(7, 2)).toEqual([4, 3])
    expect(bounded(1_000_000, 2)).toEqual(bounded(null, 2))
    expect(threadsFor({ ...open(1_000_000), maxInFlight: 2 }, 8)).toBe(2)
  })

  it('give every virtual user a connection', () => {
    const parts = threadPlans(planOf({ connections: 7, duration: '1s' }), 3, 'http1')
    expect(parts.reduce((sum, { maxConnections }) => sum + maxConnections, 0)).toBe(7)
    expect(parts.map((part) => warmConnections(part))).toEqual(parts.map(({ maxInFlight }) => maxInFlight))
  })
})

describe('warmConnections', () => {
  it('follows the peak rate, within bounds', () => {
    const warm = (rate: number, connections?: number): number => warmConnections(threadPlans(open(rate, connections), 1, 'http1')[0]!)
    expect([warm(1), warm(1000), warm(1000, 5), warm(100_000)]).toEqual([1, 20, 5, 200])
  })
})
