import type { ComparableRun } from '../../shared/compare/compare.ts'
import type { Api } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { readRun } from './run-source.ts'

/** More runs of other tasks than lie between two of one. */
const LOOKED_THROUGH = 1000

/**
 * `--baseline`: `last` is the newest run of a task of this name that has ended, if there is one; otherwise a run or a file.
 * Throws AppError `not-found` for a run that is not there.
 */
export async function readBaseline(wanted: string, taskName: string, api: Pick<Api, 'run.list' | 'run.summary'>): Promise<ComparableRun | null> {
  const store = {
    runs: () => api['run.list']({ limit: LOOKED_THROUGH }),
    summary: (id: string) => api['run.summary']({ id }).catch((error: unknown) => {
      if (error instanceof AppError) return null
      throw error
    }),
  }
  if (wanted !== 'last') return readRun(wanted, store)
  const last = (await store.runs()).find((run) => run.taskName === taskName && run.status === 'finished')
  if (last !== undefined) return readRun(last.id, store)
  process.stderr.write(`There is no earlier run of "${taskName}" to compare with.\n`)
  return null
}
