import type { Run } from '../../shared/contract.ts'
import type { Task, TaskSpec, TaskStatus } from '../../shared/task.ts'
import type { Summary } from '../../shared/summary.ts'

/** Rows of schema.ts as what they mean. STRICT tables: the types are as declared there. */

export type Row = Record<string, unknown>

export function taskOf(row: Row): Task {
  return {
    id: row['id'] as string,
    spec: JSON.parse(row['spec'] as string) as TaskSpec,
    status: row['status'] as TaskStatus,
    revision: row['revision'] as number,
    runId: row['run_id'] as string | null,
    wantedRate: row['wanted_rate'] as number | null,
    reason: row['reason'] as string | null,
    createdAt: row['created_at'] as number,
    updatedAt: row['updated_at'] as number,
  }
}

export function runOf(row: Row): Run {
  return JSON.parse(row['run'] as string) as Run
}

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
