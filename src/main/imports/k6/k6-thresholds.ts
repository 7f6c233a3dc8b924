import { formatThreshold, parseThreshold } from '../../../shared/task/threshold.ts'
import { record, text } from '../foreign.ts'
import { isSaid } from './k6-load.ts'
import type { ImportNotes } from '../import-notes.ts'

/**
 * k6's thresholds (`http_req_duration: ['p(95)<500']`) → those of a task. Its metrics that have no counterpart are told, and
 * an `abortOnFail` that not all of them have: here all of them end the run, or none.
 */
export function k6Thresholds(thresholds: unknown, notes: ImportNotes): { thresholds: string[]; abortOnFail?: true } {
  const taken = new Set<string>()
  const aborting = new Set<string>()
  for (const [metric, conditions] of Object.entries(record(thresholds))) {
    for (const condition of [conditions].flat()) {
      const expression = (text(condition) ?? text(record(condition)['threshold']) ?? '').replace(/\s+/g, '')
      const shown = `${metric}: ${expression}`
      const parsed = metric.includes('{') ? null : parseThreshold(`${metric}:${expression.replace(/===?/, '=')}`)
      if (metric.includes('{')) notes.skip(shown, 'submetric')
      else if (parsed?.ok === true) {
        taken.add(formatThreshold(parsed.threshold))
        if (record(condition)['abortOnFail'] === true) aborting.add(shown)
        if (isSaid(record(condition)['delayAbortEval'])) notes.skip(`${shown} delayAbortEval`, 'unsupported')
      } else notes.skip(shown, 'metric')
    }
  }
  if (taken.size > 0) notes.take(taken.size === 1 ? 'threshold' : 'thresholds', { n: taken.size })
  if (aborting.size > 0 && aborting.size === taken.size) return { thresholds: [...taken], abortOnFail: true }
  for (const shown of aborting) notes.skip(`${shown} abortOnFail`, 'abort')
  return { thresholds: [...taken] }
}
