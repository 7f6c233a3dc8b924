import { expect, test } from 'vitest'
import { openRun, partOf, type ActiveRun } from '../../../src/main/node/active-run.ts'
import { RunClock } from '../../../src/main/node/run-clock.ts'
import { compileLoad } from '../../../src/shared/load.ts'
import type { Task } from '../../../src/shared/task.ts'
import { nodeOf, specOf } from '../../contract/fixtures.ts'

const spec = specOf()
const task: Task = { id: 'task', spec, status: 'pending-run', revision: 2, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }

/** A node whose clocks the test sets; `elapsed` null: it carries nothing. `told`: what the carrier says of the start. */
function world(elapsed: number | null, told?: number) {
  const worker = { steppedMs: 0, now: 10_000, clusterNow: () => worker.now, elapsed: () => elapsed }
  const part = partOf({ id: 'a', boot: 'b', name: 'a' }, [{ from: 0, to: 1 }], 5000)
  const active: ActiveRun = { ...openRun(task, 'run', compileLoad(spec.load), [part], 5000), startAt: 7000, phase: 'run' }
  const work = [{ taskId: 'task', runId: 'run', epoch: 1, revision: 1, phase: 'run' as const, ...(told === undefined ? {} : { startAt: told }) }]
  let beat = 1
  const clock = new RunClock(worker, { find: () => nodeOf('a', { beat: beat++, work }) })
  return { worker, active, clock }
}

test('a clock that was set moves the start of a run with it', () => {
  const { worker, active, clock } = world(null)
  worker.now += 9000
  worker.steppedMs += 9000
  clock.follow([active])
  expect([active.startAt, active.openedAt, active.parts[0]!.askedAt]).toEqual([16_000, 14_000, 14_000])
  clock.follow([active])
  expect(active.startAt).toBe(16_000)
})

test('a node that carries the run knows best, also of what happened before its term', () => {
  const { active, clock } = world(12_000)
  clock.follow([active])
  expect(active.startAt).toBe(-2000)
})

test('what a measurement may be wrong by moves nothing', () => {
  const { worker, active, clock } = world(2950)
  worker.steppedMs += 60
  clock.follow([active])
  expect(active.startAt).toBe(7000)
})

test('one that carries nothing believes those who do, once', () => {
  const { worker, active, clock } = world(null, 3000)
  clock.follow([active])
  expect(active.startAt).toBe(7000) // It may have been said before the clock was set.
  clock.follow([active])
  expect(active.startAt).toBe(3000)
  worker.steppedMs += 500
  clock.follow([active])
  expect(active.startAt).toBe(3500)
})
