import { describe, expect, test } from 'vitest'
import { openRun, partOf, type ActiveRun } from '../../../src/main/node/run/active-run.ts'
import { RunClock } from '../../../src/main/node/run/run-clock.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { nodeOf, specOf } from '../../contract/fixtures.ts'

const spec = specOf()
const task: Task = { id: 'task', spec, status: 'pending-run', revision: 2, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }

/** A node whose clocks the test sets; `elapsed` null: it carries nothing. Another one carries the run, and says what the test wants. */
function world(elapsed: number | null) {
  const worker = { steppedMs: 0, now: 10_000, clusterNow: () => worker.now, hasTime: () => worker.awake, elapsed: () => elapsed, awake: true }
  const machine = { ms: 0 }
  const part = partOf({ id: 'a', boot: 'b', name: 'a' }, [{ from: 0, to: 1 }], 5000)
  const active: ActiveRun = { ...openRun(task, 'run', compileLoad(spec.load), [part], 5000), startAt: 7000, phase: 'run' }
  let carrier = nodeOf('a', { beat: 0 })
  const clock = new RunClock(worker, { find: () => carrier }, () => machine.ms)
  const follow = (toldMs = -Infinity): void => clock.follow([{ active, toldMs }])
  /** A beat of the carrier is heard, which tells since when it executes the run on its clock, and how far it was. */
  const hear = (startAt: number, elapsedMs: number): void => {
    carrier = nodeOf('a', { beat: carrier.beat + 1, work: [{ taskId: 'task', runId: 'run', epoch: 1, revision: 1, phase: 'run', startAt, elapsedMs }] })
    follow()
  }
  return { worker, machine, active, clock, follow, hear }
}

test('a clock that was set moves the start of a run with it', () => {
  const { worker, active, follow } = world(null)
  worker.now += 9000
  worker.steppedMs += 9000
  follow()
  expect([active.startAt, active.openedAt, active.parts[0]!.askedAt]).toEqual([16_000, 14_000, 14_000])
  follow()
  expect(active.startAt).toBe(16_000)
})

test('a node that carries the run knows best, also of what happened before its term', () => {
  const { active, follow } = world(12_000)
  follow()
  expect(active.startAt).toBe(-2000)
})

test('a machine that has slept changes nothing before it knows what time it is', () => {
  const { worker, active, clock, hear } = world(null)
  worker.awake = false
  hear(3000, 6500)
  expect([active.startAt, clock.knows(active)]).toEqual([7000, false])
  worker.awake = true
  hear(3000, 6600)
  hear(3000, 6700)
  expect([active.startAt, clock.knows(active)]).toEqual([3000, true])
})

test('what a measurement may be wrong by moves nothing', () => {
  const { worker, active, follow } = world(2950)
  worker.steppedMs += 60
  follow()
  expect(active.startAt).toBe(7000)
})

describe('one that carries nothing', () => {
  test('believes those who do, if what they say agrees with how far they are', () => {
    const { active, clock, hear, follow } = world(null)
    follow()
    expect(clock.knows(active)).toBe(false)
    hear(3000, 6500)
    expect(clock.knows(active)).toBe(false) // so far it was once: nobody knows how long ago
    hear(3000, 6600)
    expect([active.startAt, clock.knows(active)]).toEqual([3000, true])
  })

  test('does not believe a start of before the clock was set, but how far they are', () => {
    const { machine, active, clock, hear } = world(null)
    hear(9000, 20_000)
    expect([active.startAt, clock.knows(active)]).toEqual([-10_000, false]) // so far it is at least
    machine.ms += 1000
    hear(9000, 21_000)
    expect(clock.knows(active)).toBe(false) // two may have been held up together
    machine.ms += 1000
    hear(9000, 22_000)
    expect([active.startAt, clock.knows(active)]).toEqual([-12_500, true]) // and a little further by now
    hear(-12_900, 22_300)
    expect(active.startAt).toBe(-12_500) // the carriers' own clocks may differ by so much
    hear(-13_100, 22_800)
    expect(active.startAt).toBe(-13_100)
  })

  test('is not misled by what was held up on its way', () => {
    const { worker, machine, active, clock, hear } = world(null)
    worker.now = 30_000
    hear(3000, 1000)
    hear(3000, 2000)
    expect([active.startAt, clock.knows(active)]).toEqual([7000, false])
    machine.ms += 1000
    hear(3000, 11_000)
    expect([active.startAt, clock.knows(active)]).toEqual([7000, false])
    machine.ms += 506
    hear(3000, 12_100)
    expect([active.startAt, clock.knows(active)]).toEqual([7000, false])
    for (const elapsedMs of [13_000, 14_000]) {
      machine.ms += 1000
      hear(3000, elapsedMs)
    }
    expect([active.startAt, clock.knows(active)]).toEqual([30_000 - 14_000 - 500, true])
  })

  test('is not misled by words that were held up together, and so came as far apart as they were said', () => {
    const { worker, machine, active, clock, hear } = world(null)
    worker.now = 30_000
    hear(7000, 2000)
    machine.ms += 506
    hear(7000, 3000)
    expect([active.startAt, clock.knows(active)]).toEqual([7000, false])
    machine.ms += 20
    hear(7000, 22_600)
    expect([active.startAt, clock.knows(active)]).toEqual([7000, true])
  })

  test('takes no old word for a new one', () => {
    const { active, clock, hear } = world(null)
    hear(9500, 50)
    hear(9500, 100)
    expect(active.startAt).toBe(9500) // agrees with itself
    const other = world(null)
    other.hear(2000, 100)
    expect([other.active.startAt, other.clock.knows(other.active)]).toEqual([7000, false])
    expect(clock.knows(active)).toBe(true)
  })

  test('is never behind the samples, whoever they are of', () => {
    const { active, follow } = world(null)
    follow(2000)
    expect(active.startAt).toBe(7000)
    follow(9000)
    expect(active.startAt).toBe(1000)
  })

  test('follows its own clock when nobody says anything', () => {
    const { worker, machine, active, clock, follow } = world(null)
    follow()
    machine.ms += 4001
    expect(clock.knows(active)).toBe(true)
    worker.now += 500
    worker.steppedMs += 500
    follow()
    expect(active.startAt).toBe(7500)
  })
})
