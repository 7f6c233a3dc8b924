import { taskLoad } from '../../shared/task/task-load.ts'
import type { Run } from '../../shared/results/run.ts'
import { parseRunState, summaryOfOrphan, type RunState } from '../../shared/results/run-state.ts'
import type { Summary } from '../../shared/results/summary.ts'
import { isLive } from '../../shared/task/transition.ts'
import { isAlive, type Owner } from './owner.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { runOf, taskOf, type Row } from './sqlite-rows.ts'
import type { TaskStore } from './task-store.ts'

const REASON = 'The process that ran it ended before the run did.'

/** Ends what dead processes have left open: runs with what was recorded of them, tasks as aborted. Answers with the runs' ids. */
export async function closeOrphans(database: SqliteDatabase, store: TaskStore, now: number): Promise<string[]> {
  const left = (row: Row): boolean => row['owner'] === null || !isAlive(JSON.parse(row['owner'] as string) as Owner, now)
  const runs = database.all('SELECT * FROM runs WHERE ended_at IS NULL').filter(left)
  for (const row of runs) await closeRun(store, row)
  const tasks = database.all('SELECT * FROM tasks').filter((row) => isLive(taskOf(row).status) && left(row))
  for (const row of tasks) await store.change(taskOf(row).id, { type: 'aborted', reason: REASON })
  return runs.map((row) => row['id'] as string)
}

async function closeRun(store: TaskStore, row: Row): Promise<void> {
  const run = runOf(row)
  const points = await store.points(run.id)
  await store.closeRun(run.id, summaryFrom(run, stateOf(row), points))
}

/** A state that cannot be read leaves the points, which are stored apart. */
function summaryFrom(run: Run, state: RunState | null, points: Summary['points']): Summary {
  const fallback = taskLoad(run.spec).load
  try {
    return summaryOfOrphan(run, state, points, fallback)
  } catch {
    return summaryOfOrphan(run, null, points, fallback)
  }
}

function stateOf(row: Row): RunState | null {
  if (row['state'] === null) return null
  try {
    return parseRunState(row['state'] as string)
  } catch {
    return null
  }
}
