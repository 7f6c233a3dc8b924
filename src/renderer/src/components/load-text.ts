import { count } from '../../../shared/format.ts'
import { formatDuration, parseDuration } from '../../../shared/duration.ts'
import type { LoadSpec } from '../../../shared/task/task.ts'
import type { Text } from '../composables/use-text.ts'

/** A load in a few words: `500 req/s · 30s`. */
export function loadText(load: LoadSpec, t: Text['t']): string {
  if (load.stages !== undefined) {
    const totalMs = load.stages.reduce((sum, { duration }) => sum + (parseDuration(duration) ?? 0), 0)
    return t('load.stages', { rate: count(Math.max(...load.stages.map(({ target }) => target))), duration: formatDuration(totalMs) })
  }
  if (load.rate !== undefined) {
    const rate = count(load.rate)
    return load.duration === undefined ? t('load.count', { rate, count: count(load.requests ?? 0) }) : t('load.constant', { rate, duration: load.duration })
  }
  const n = load.connections ?? 1
  return load.duration === undefined ? t('load.closedCount', { n, count: count(load.requests ?? 0) }) : t('load.closed', { n, duration: load.duration })
}
