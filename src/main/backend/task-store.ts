import type { Task, TaskEvent, TaskSpec } from '../../shared/task/task.ts'
import type { RunFilter } from '../../shared/results/run-filter.ts'
import type { Run } from '../../shared/results/run.ts'
import type { Point, RunEvent, Summary } from '../../shared/results/summary.ts'

/**
 * What survives: task definitions and runs. The master polls {@link pending}; users change tasks through
 * {@link change}. Every method is one transaction. A store that cannot write throws AppError `store-unavailable`;
 * the caller goes on and says what is not stored.
 */
export interface TaskStore {
  tasks(): Promise<Task[]>
  task(id: string): Promise<Task | null>
  create(spec: TaskSpec): Promise<Task>
  /** Replaces the spec. Throws `conflict` while the task runs, `not-found` for an unknown id. */
  update(id: string, spec: TaskSpec): Promise<Task>
  /** Throws `conflict` while the task runs. Its runs stay. */
  delete(id: string): Promise<void>
  /** Brings a deleted task back (undo). Throws `not-found` once it is purged. */
  restore(id: string): Promise<Task>
  /** A task as somebody remembers it, should the store have lost it, or an order of it. What it knows better stays. */
  putBack(task: Task): Promise<void>
  /** Applies `transition()`. Throws `conflict` with the sentence that it gives. */
  change(id: string, event: TaskEvent): Promise<Task>
  /**
   * Tasks in pending-run, pending-rate-change or pending-stop that this store's cluster has to see to. Where several
   * processes, each a cluster of its own, share one file, a task belongs to the process in which it was started.
   */
  pending(): Promise<Task[]>

  runs(filter: RunFilter): Promise<Run[]>
  run(id: string): Promise<Run | null>
  /** Opens a run; `spec` is a snapshot, without its secrets. Opening it again changes nothing. */
  openRun(run: Run): Promise<void>
  /** Adds closed seconds. `state` (see `run-state.ts`) replaces the former one: what a summary is made of if this process dies. */
  appendPoints(runId: string, points: Point[], events: RunEvent[], state?: string): Promise<void>
  points(runId: string): Promise<Point[]>
  events(runId: string): Promise<RunEvent[]>
  /** Closes a run with its summary (its points are stored apart). */
  closeRun(runId: string, summary: Summary): Promise<void>
  summary(runId: string): Promise<Summary | null>
  /** What users add to a run; tags are replaced as a whole. Throws `not-found` for an unknown id. */
  annotateRun(id: string, notes: Partial<Pick<Run, 'note' | 'tags' | 'pinned' | 'baseline'>>): Promise<Run>
  /** Throws `conflict` while the run is going, `not-found` for an unknown id. */
  deleteRun(id: string): Promise<void>
  /** Runs still open from a process that died: closes them as aborted with what was recorded, their tasks as well. Returns their ids. */
  closeOrphans(): Promise<string[]>

  setting(key: string): Promise<string | null>
  setSetting(key: string, value: string): Promise<void>
  /** What the store has to say about itself, e.g. a corrupt file that was set aside; shown as a banner. */
  notices(): string[]
  close(): Promise<void>
}

/** The store of one machine. It also keeps results of clusters that this machine took part in. */
export interface LocalTaskStore extends TaskStore {
  /** Adds a run that has ended elsewhere, whole, with the points and events of its summary. False if it is there already. */
  keepRun(run: Run, summary: Summary): Promise<boolean>
}
