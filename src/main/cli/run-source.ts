import { existsSync, readFileSync } from 'node:fs'
import type { Run } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import type { ComparableRun } from '../../shared/compare/compare.ts'
import { parseSummary } from '../../shared/results/summary-schema.ts'
import type { TaskStore } from '../app.ts'
import { findRun, withStore, type StoreFlags } from './store.ts'

/** A run with its results, from the store or from a file. */
export interface RunSource extends ComparableRun {
  /** Null for a file. */
  run: Run | null
}

/** What the arguments name: files of results as `--json` writes them, or stored runs. The store is opened only if one is. */
export async function readRuns(wanted: readonly string[], flags: StoreFlags): Promise<RunSource[]> {
  if (wanted.every(isFile)) return wanted.map(fromFile)
  return withStore(flags, (store) => Promise.all(wanted.map((one) => readRun(one, store))))
}

/** Throws AppError `not-found`, or `bad-input` for a file that holds no results. */
export async function readRun(wanted: string, store: Pick<TaskStore, 'runs' | 'summary'>): Promise<RunSource> {
  if (isFile(wanted)) return fromFile(wanted)
  const run = await findRun(store, wanted)
  const summary = await store.summary(run.id)
  if (summary === null) throw new AppError('not-found', `Run ${run.id} is ${run.status}; it has no results yet.`, { hint: 'Wait for its end.' })
  return { run, summary, spec: run.spec }
}

function isFile(wanted: string): boolean {
  return /[./\\]/.test(wanted) && existsSync(wanted)
}

function fromFile(path: string): RunSource {
  return { run: null, spec: null, summary: parseSummary(readFileSync(path, 'utf8'), path) }
}
