import type { Settings } from '../../shared/contract/contract.ts'
import type { Run } from '../../shared/results/run.ts'
import type { TaskStore } from '../backend/task-store.ts'

const DAY_MS = 86_400_000
/** Looked through at once; what is left is for the next time. */
const PAGE = 1000

/** Deletes what this machine need not keep any more. Runs that are going, pinned or a baseline stay, and do not count. */
export async function applyRetention(tasks: Pick<TaskStore, 'runs' | 'deleteRun'>, { runs: most, days }: Settings['retention'], now: number): Promise<string[]> {
  if (most === null && days === null) return []
  const ended: Run[] = []
  for (let before = Infinity; ; ) {
    const page = await tasks.runs({ limit: PAGE, ...(before === Infinity ? {} : { before }) })
    ended.push(...page.filter(({ endedAt, pinned, baseline }) => endedAt !== null && pinned !== true && baseline !== true))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    before = last.startedAt
  }
  const old = ended.filter(({ startedAt }, i) => (most !== null && i >= most) || (days !== null && startedAt < now - days * DAY_MS))
  for (const { id } of old) await tasks.deleteRun(id)
  return old.map(({ id }) => id)
}
