import type { RunTotals, RunView } from '../../shared/results/run.ts'

interface Metric {
  name: string
  type: 'counter' | 'gauge'
  help: string
  value: (totals: RunTotals, recent: RunTotals) => number | null
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000)

const METRICS: Metric[] = [
  { name: 'iterations_planned_total', type: 'counter', help: 'Iterations due by the profile.', value: (all) => all.planned },
  { name: 'iterations_started_total', type: 'counter', help: 'Iterations started.', value: (all) => all.started },
  { name: 'iterations_completed_total', type: 'counter', help: 'Iterations ended with a response or an error.', value: (all) => all.completed },
  { name: 'iterations_failed_total', type: 'counter', help: 'Completed iterations that failed.', value: (all) => all.failed },
  { name: 'iterations_dropped_total', type: 'counter', help: 'Iterations due but not started.', value: (all) => all.dropped },
  { name: 'received_bytes_total', type: 'counter', help: 'Bytes received.', value: (all) => all.bytesReceived },
  { name: 'in_flight', type: 'gauge', help: 'Iterations started and not ended.', value: (all) => all.inFlight },
  { name: 'target_rate', type: 'gauge', help: 'Target iterations per second, last 5 s.', value: (_, recent) => recent.targetRate },
  { name: 'achieved_rate', type: 'gauge', help: 'Achieved iterations per second, last 5 s.', value: (_, recent) => recent.achievedRate },
  { name: 'schedule_lag_p99_seconds', type: 'gauge', help: 'Actual send minus intended instant, p99, last 5 s.', value: (_, recent) => seconds(recent.lagP99) },
]

const QUANTILES: [label: string, value: (totals: RunTotals) => number | null][] = [
  ['0.5', ({ p50 }) => p50],
  ['0.9', ({ p90 }) => p90],
  ['0.95', ({ p95 }) => p95],
  ['0.99', ({ p99 }) => p99],
  ['0.999', ({ p999 }) => p999],
]

/** Live runs in the Prometheus text format 0.0.4. A value that was not measured has no line. */
export function prometheusText(views: readonly RunView[], version: string): string {
  const live = views.filter(({ run }) => run.endedAt === null)
  const lines = ['# HELP stampede_info Version of this server.', '# TYPE stampede_info gauge', `stampede_info{version="${escaped(version)}"} 1`]
  for (const { name, type, help, value } of METRICS) {
    lines.push(`# HELP stampede_${name} ${help}`, `# TYPE stampede_${name} ${type}`)
    for (const view of live) lines.push(...line(name, labelsOf(view), value(view.totals, view.recent)))
  }
  lines.push('# HELP stampede_response_time_seconds From the intended instant, last 5 s.', '# TYPE stampede_response_time_seconds gauge')
  for (const view of live) {
    for (const [quantile, value] of QUANTILES) lines.push(...line('response_time_seconds', `${labelsOf(view)},quantile="${quantile}"`, seconds(value(view.recent))))
  }
  return lines.join('\n') + '\n'
}

function line(name: string, labels: string, value: number | null): string[] {
  return value === null ? [] : [`stampede_${name}{${labels}} ${value}`]
}

function labelsOf({ run }: RunView): string {
  return `run="${escaped(run.id)}",task="${escaped(run.taskName)}"`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
