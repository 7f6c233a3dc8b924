import type { RunFilter } from '../../shared/results/run-filter.ts'
import type { Run } from '../../shared/results/run.ts'
import { looksInside, matchesFilter } from '../../shared/results/run-filter.ts'

/** Looked through at once. */
const PAGE = 200

/** Runs that a filter lets through, newest first. @param page of runs by task and start alone, which the store has an index for. */
export async function filteredRuns(page: (filter: Pick<RunFilter, 'taskId' | 'before'> & { limit: number }) => Promise<Run[]>, filter: RunFilter, limit: number): Promise<Run[]> {
  const plain = filter.taskId === undefined ? {} : { taskId: filter.taskId }
  if (!looksInside(filter)) return page({ ...plain, ...(filter.before === undefined ? {} : { before: filter.before }), limit })
  const found: Run[] = []
  const seen = new Set<string>()
  for (let before = filter.before ?? Infinity; found.length < limit; ) {
    const runs = await page({ ...plain, ...(before === Infinity ? {} : { before }), limit: PAGE })
    const last = runs.at(-1)
    found.push(...runs.filter((run) => !seen.has(run.id) && matchesFilter(run, filter)))
    for (const { id } of runs) seen.add(id)
    if (last === undefined || runs.length < PAGE || (filter.from !== undefined && last.startedAt < filter.from)) break
    // The same instant once more: runs that began together may lie on both sides of the border.
    before = Math.min(last.startedAt + 1, before - 1)
  }
  return found.slice(0, limit)
}
