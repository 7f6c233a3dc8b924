import { describe, expect, it } from 'vitest'
import { compileLoad } from '../../../src/shared/task/load.ts'
import { achievedRate, plannedRate, sendingEndMs, targetRate, type RateBasis } from '../../../src/shared/task/run-rates.ts'

const load = compileLoad({ rate: 1000, duration: '10s' })
const basis = (more: Partial<RateBasis>): RateBasis => ({ load, stopAtMs: null, atMs: 10_003, ended: true, completed: 10_000, late: 3, fastestMs: 1, ...more })

describe('rates of a run', () => {
  it('reach the target when everything was answered at once', () => {
    expect(achievedRate(basis({}))).toBeCloseTo(1000, 0)
    expect(targetRate(basis({}))).toBe(1000)
  })

  it('do not blame a slow but steady target for the time of its last answers', () => {
    expect(achievedRate(basis({ atMs: 11_000, late: 1000, fastestMs: 990 }))).toBeGreaterThan(980)
  })

  it('do not let one straggler weigh more than one request', () => {
    expect(achievedRate(basis({ atMs: 15_000, late: 1 }))).toBeGreaterThan(999)
  })

  it('do not flatter a target that catches up after the sending: 800 of 1,000 per second', () => {
    expect(achievedRate(basis({ atMs: 12_500, late: 2000 }))).toBeCloseTo(800, 0)
  })

  it('are those of the time so far while the run goes on', () => {
    expect(achievedRate(basis({ atMs: 4000, completed: 3000, late: 0, fastestMs: 1000, ended: false }))).toBe(1000)
    expect(achievedRate(basis({ atMs: 0, completed: 0, late: 0 }))).toBe(0)
    expect(targetRate(basis({ atMs: 4000 }))).toBe(1000)
  })

  it('count against the target what it never answered', () => {
    expect(achievedRate(basis({ atMs: 10_000, completed: 7000, late: 0, fastestMs: 4000 }))).toBe(700)
  })

  it('leave the warm-up out', () => {
    const warm = compileLoad({ stages: [{ duration: '10s', target: 100 }], warmup: '5s' })
    expect(targetRate(basis({ load: warm, atMs: 15_000 }))).toBeCloseTo(50)
    expect(plannedRate(warm, null, 0, 1000)).toBe(100)
    expect(plannedRate(warm, null, 2000, 2000)).toBe(0)
  })

  it('end where the run was stopped', () => {
    expect(sendingEndMs(load, 4000)).toBe(4000)
    expect(targetRate(basis({ stopAtMs: 4000, atMs: 4100 }))).toBe(1000)
    expect(plannedRate(load, 4500, 4000, 5000)).toBe(500)
  })

  it('have no target in the closed model', () => {
    const closed = compileLoad({ connections: 5, requests: 100 })
    expect(sendingEndMs(closed, null)).toBe(Infinity)
    expect(targetRate(basis({ load: closed }))).toBeNull()
    expect(achievedRate(basis({ load: closed, atMs: 4000, completed: 100, late: 0, fastestMs: 1000 }))).toBe(25)
  })
})
