import type { Run } from './run.ts'
import type { Verdict } from './summary.ts'

export interface RunFilter {
  taskId?: string
  limit?: number
  /** Only runs started before this instant, ms since the epoch. */
  before?: number
  /** Only runs started at this instant or later. */
  from?: number
  verdict?: Verdict
  /** Somewhere in its id, task, note, tags, method or URL. */
  text?: string
  /** `name` or `name=value`. */
  tag?: string
  /** Only what later runs are measured by, or only what is not. */
  baseline?: boolean
}

/** Whether a run is among those that are asked for; both stores and the list of live runs judge by it. */
export function matchesFilter(run: Run, { taskId, before, from, verdict, text, tag, baseline }: RunFilter): boolean {
  if (taskId !== undefined && run.taskId !== taskId) return false
  if (before !== undefined && run.startedAt >= before) return false
  if (from !== undefined && run.startedAt < from) return false
  if (verdict !== undefined && run.verdict !== verdict) return false
  if (baseline !== undefined && (run.baseline === true) !== baseline) return false
  if (tag !== undefined && !Object.entries(run.tags).some(([name, value]) => tag === name || tag === `${name}=${value}`)) return false
  return text === undefined || wordsOf(run).includes(text.trim().toLowerCase())
}

/** A filter that an index cannot answer. */
export function looksInside({ from, verdict, text, tag, baseline }: RunFilter): boolean {
  return [from, verdict, text, tag, baseline].some((part) => part !== undefined)
}

function wordsOf({ id, taskName, note = '', tags, spec: { request } }: Run): string {
  return [id, taskName, note, request.method, request.url, ...Object.entries(tags).map(([name, value]) => `${name}=${value}`)].join(' ').toLowerCase()
}
