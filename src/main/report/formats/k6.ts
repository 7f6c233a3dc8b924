import type { Distribution, Summary } from '../../../shared/results/summary.ts'
import { parseThreshold } from '../../../shared/task/threshold.ts'

/**
 * What k6 hands to `handleSummary` (k6 documentation, "Custom summary"): tools that read its results read these. The response
 * time runs from the intended instant, so it is stricter than k6's own; the service time is what k6 measures.
 */
export function k6SummaryOf(summary: Summary): string {
  const { ledger, requests, bytes, run, checks } = summary
  const seconds = Math.max(run.durationMs, 1) / 1000
  const counter = (count: number, contains = 'default'): object => ({ type: 'counter', contains, values: { count, rate: count / seconds } })
  const share = (passes: number, fails: number): object => ({ type: 'rate', contains: 'default', values: { rate: passes + fails === 0 ? 0 : passes / (passes + fails), passes, fails } })
  const passed = checks.reduce((sum, check) => sum + check.passed, 0)
  const failed = checks.reduce((sum, check) => sum + check.failed, 0)
  const metrics: Record<string, object> = {
    http_reqs: counter(requests.sent),
    iterations: counter(ledger.completed),
    dropped_iterations: counter(ledger.dropped),
    http_req_duration: trend(summary.responseTime),
    stampede_service_time: trend(summary.serviceTime),
    stampede_schedule_lag: trend(summary.scheduleLag),
    http_req_connecting: trend(summary.phases.connect),
    http_req_tls_handshaking: trend(summary.phases.tls),
    http_req_waiting: trend(summary.phases.firstByte),
    http_req_failed: share(ledger.failed, ledger.completed - ledger.failed),
    data_received: counter(bytes.received, 'data'),
    data_sent: counter(bytes.sent, 'data'),
    ...(checks.length === 0 ? {} : { checks: share(passed, failed) }),
  }
  for (const { expression, ok } of summary.thresholds) {
    const metric = metrics[metricOf(expression)] as { thresholds?: Record<string, { ok: boolean }> } | undefined
    if (metric !== undefined) metric.thresholds = { ...metric.thresholds, [expression]: { ok } }
  }
  const root = { name: '', path: '', id: '', groups: [], checks: checks.map(({ expression, passed: passes, failed: fails }) => ({ name: expression, path: `::${expression}`, id: expression, passes, fails })) }
  return `${JSON.stringify({ root_group: root, options: { summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)'], summaryTimeUnit: '', noColor: true }, state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: run.durationMs }, metrics }, null, 2)}\n`
}

function trend(times: Distribution): object {
  const known = (value: number | null): number => value ?? 0
  return { type: 'trend', contains: 'time', values: { avg: known(times.mean), min: known(times.min), med: known(times.p50), max: known(times.max), 'p(90)': known(times.p90), 'p(95)': known(times.p95), 'p(99)': known(times.p99), 'p(99.9)': known(times['p99.9']) } }
}

function metricOf(expression: string): string {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) return ''
  switch (parsed.threshold.metric) {
    case 'response': return 'http_req_duration'
    case 'service': return 'stampede_service_time'
    case 'lag': return 'stampede_schedule_lag'
    case 'errors': return 'http_req_failed'
    case 'rate': return 'http_reqs'
    case 'checks': return 'checks'
  }
}
