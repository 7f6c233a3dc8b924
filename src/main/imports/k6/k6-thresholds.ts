import { formatThreshold, parseThreshold } from '../../../shared/task/threshold.ts'
import { record, text } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'

/** k6's thresholds (`http_req_duration: ['p(95)<500']`) → those of a task. Its metrics that have no counterpart are told. */
export function k6Thresholds(thresholds: unknown, notes: ImportNotes): string[] {
  const taken = new Set<string>()
  for (const [metric, conditions] of Object.entries(record(thresholds))) {
    for (const condition of [conditions].flat()) {
      const expression = (text(condition) ?? text(record(condition)['threshold']) ?? '').replace(/\s+/g, '')
      const shown = `${metric}: ${expression}`
      if (record(condition)['abortOnFail'] === true) notes.skip(`${shown} abortOnFail`, 'abort')
      const parsed = metric.includes('{') ? null : parseThreshold(`${metric}:${expression.replace(/===?/, '=')}`)
      if (metric.includes('{')) notes.skip(shown, 'submetric')
      else if (parsed?.ok === true) taken.add(formatThreshold(parsed.threshold))
      else notes.skip(shown, 'metric')
    }
  }
  if (taken.size > 0) notes.take(taken.size === 1 ? 'threshold' : 'thresholds', { n: taken.size })
  return [...taken]
}
