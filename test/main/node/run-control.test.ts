import { expect, test, vi } from 'vitest'
import { begin, openRun, partOf, settle } from '../../../src/main/node/run/active-run.ts'
import type { MasterDeps } from '../../../src/main/node/driver.ts'
import type { Round } from '../../../src/main/node/master/round.ts'
import { RunControl } from '../../../src/main/node/run/run-control.ts'
import type { RunLead } from '../../../src/main/node/run/run-lead.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { specOf } from '../../contract/fixtures.ts'

const spec = specOf({ load: { rate: 100, duration: '60s' } })
const taskOf = (changes: Partial<Task>): Task => ({ id: 'task', spec, status: 'running', revision: 3, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0, ...changes })

/** A run that has been going on for ten seconds, under control. */
function world() {
  const active = openRun(taskOf({}), 'run', compileLoad(spec.load), [partOf({ id: 'a', boot: 'b', name: 'a' }, [{ from: 0, to: 1 }], 0)], 0)
  begin(active, 0, 1000)
  settle(active)
  const round = { now: 11_000, leads: () => ({ startMs: 1000, orderMs: 300, moveMs: 3000 }) } as unknown as Round
  const control = new RunControl({ active, touch: vi.fn() } as unknown as RunLead, { timings: TIMINGS } as MasterDeps)
  return { active, round, control }
}

test('of a store that went back by a moment, an order with a number that was there before is carried out', () => {
  const { active, round, control } = world()
  control.changeRate(taskOf({ revision: 4, wantedRate: 40 }), round)
  control.changeRate(taskOf({ revision: 4, wantedRate: 40 }), round)
  expect(active.changes).toHaveLength(1)
  control.changeRate(taskOf({ revision: 4, wantedRate: 70 }), round)
  expect([active.changes.length, active.wantedRate]).toEqual([2, 70])
  control.stop(taskOf({ revision: 4, status: 'pending-stop' }), round)
  expect([active.phase, active.stopAtMs, active.orderNo]).toEqual(['stop', 10_300, 4])
})

test('another rate waits until no share is about to change hands', () => {
  const { active, round, control } = world()
  active.parts[0]!.tenures.push({ share: [], fromMs: 12_500, sureMs: null, told: null })
  control.changeRate(taskOf({ revision: 4, wantedRate: 140 }), round)
  expect(active.changes).toMatchObject([{ atMs: 12_500 }])
})

test('a run that is stopped before its start, in time for everybody to hear of it, sends nothing', () => {
  const { active, round, control } = world()
  active.startAt = 12_000
  control.stop(taskOf({ revision: 4, status: 'pending-stop' }), round)
  expect(active.stopAtMs).toBe(0)
})
