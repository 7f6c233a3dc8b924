import { useText } from '../../composables/use-text.ts'
import type { TextKey } from '../../locales/index.ts'

const NAMED = new Set(['errors', 'rate', 'checks', 'max', 'mean', 'min'])

/** Metrics of thresholds in words: `p99 latency`, `errors`. */
export function useMetricNames(): { metricLabel: (metric: string) => string } {
  const { t } = useText()
  function metricLabel(metric: string): string {
    if (NAMED.has(metric)) return t(`metric.${metric}` as TextKey)
    const [, group, stat = metric] = /^(?:(service|lag)\.)?(p[\d.]+|min|mean|max)$/.exec(metric) ?? []
    if (group !== undefined) return t(`metric.of.${group}` as TextKey, { stat })
    return /^p[\d.]+$/.test(stat) ? t('metric.of.response', { stat }) : metric
  }
  return { metricLabel }
}
