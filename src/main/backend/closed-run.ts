import type { Run } from '../../shared/results/run.ts'
import type { Summary } from '../../shared/results/summary.ts'

/** A run as it stands after its end. */
export function closedRun(run: Run, summary: Summary): Run {
  return {
    ...run,
    status: summary.status,
    verdict: summary.verdict,
    sentence: summary.sentence,
    startedAt: Date.parse(summary.run.startedAt),
    endedAt: Date.parse(summary.run.endedAt),
    headline: headlineOf(summary),
  }
}

function headlineOf(summary: Summary): NonNullable<Run['headline']> {
  const { completed, failed } = summary.ledger
  return {
    targetRate: summary.rate.target,
    achievedRate: summary.rate.achieved,
    p99: summary.responseTime.p99,
    errorRate: completed === 0 ? 0 : failed / completed,
    durationMs: summary.run.durationMs,
  }
}
