import type { Run } from '../../shared/results/run.ts'
import type { Task, TaskSpec, TaskStatus } from '../../shared/task/task.ts'

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
