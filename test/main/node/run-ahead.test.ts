import { expect, test } from 'vitest'
import { begin, changeRate, openRun, partOf, type ActiveRun } from '../../../src/main/node/run/active-run.ts'
import { aheadUntil, noteAhead } from '../../../src/main/node/run/run-ahead.ts'
import type { WorkReport } from '../../../src/shared/cluster/cluster.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { specOf } from '../../contract/fixtures.ts'

const spec = specOf({ load: { rate: 30, duration: '60s' } })
const task: Task = { id: 'task', spec, status: 'running', revision: 3, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }

function reportOf(revision: number): WorkReport {
  return { taskId: 'task', runId: 'run', epoch: 1, revision, phase: 'run' }
}

/** Thirty a second, and from 2 s on ten: told with revision 3, where the node has said that it follows revision 2. */
function slowedDown(): ActiveRun {
  const active = openRun(task, 'run', compileLoad(spec.load), [partOf({ id: 'a', boot: 'b', name: 'a' }, [{ from: 0, to: 1 }], 0)], 0)
  begin(active, 0, 1000)
  active.parts[0]!.report = reportOf(2)
  changeRate(active, 10, 4, 2000, 1000)
  active.changes[0]!.told = { epoch: 1, revision: 3 }
  return active
}

test('a node that has not said that it follows a lower rate may have sent by the former one until now', () => {
  const active = slowedDown()
  // 180 by the former course at 6 s; by the new one 60 at 2 s, and the other 120 take 12 s.
  expect(aheadUntil(active, active.parts[0]!, 6000)).toBeCloseTo(14_000)
})

test('what it may have sent by then stays known when it has said so, also should it be given up later', () => {
  const active = slowedDown()
  const part = active.parts[0]!
  noteAhead(active, part, reportOf(3), 6000)
  part.report = reportOf(3)
  expect(aheadUntil(active, part, 7000)).toBeCloseTo(14_000)
  expect(aheadUntil(active, part, 15_000)).toBe(15_000)
  changeRate(active, 20, 5, 7000, 1000)
  active.changes[1]!.told = { epoch: 1, revision: 4 }
  // By 7 s 110 are due on the new course, and the 70 that are left of what it did take 3.5 s at 20.
  expect(aheadUntil(active, part, 7000)).toBeCloseTo(10_500)
})

test('a node that heard of it in time, or that joined later, is not ahead', () => {
  const active = slowedDown()
  const [part] = active.parts
  noteAhead(active, part!, reportOf(3), 2000)
  expect({ ...part!, report: null }).toMatchObject({ executed: 0 })
  const joined = { ...part!, tenures: [], report: null }
  noteAhead(active, joined, reportOf(3), 6000)
  expect(joined.executed).toBe(0)
})
