import type { Lease } from '../../shared/cluster/cluster.ts'
import type { Topic } from './cluster-state.ts'
import type { Guarded } from './guarded.ts'
import type { Job, JobStanding, JobState, PieceOutcome } from './job-state.ts'

interface Entry {
  job: Job
  outcomes: Map<number, PieceOutcome>
  result: { value: unknown } | null
}

interface Surroundings {
  guarded: <T>(lease: Lease, step: () => T) => Guarded<T>
  tell: (topic: Topic) => void
}

/** The memory adapter's part of {@link JobState}. */
export class MemoryJobs implements JobState {
  readonly #around: Surroundings
  readonly #entries = new Map<string, Entry>()

  constructor(around: Surroundings) {
    this.#around = around
  }

  async submit(job: Job): Promise<boolean> {
    if (this.#entries.has(job.id)) return false
    this.#entries.set(job.id, { job, outcomes: new Map(), result: null })
    this.#around.tell('intents')
    return true
  }

  async all(): Promise<JobStanding[]> {
    return [...this.#entries.values()].map(({ job: { id, kind, pieces }, outcomes, result }) => ({ id, kind, pieces, done: result === null ? outcomes.size : pieces, finished: result !== null }))
  }

  async job(jobId: string): Promise<Job | null> {
    return this.#entries.get(jobId)?.job ?? null
  }

  async deliver(jobId: string, piece: number, outcome: PieceOutcome): Promise<boolean> {
    const entry = this.#entries.get(jobId)
    if (entry === undefined || entry.result !== null || entry.outcomes.has(piece)) return false
    entry.outcomes.set(piece, outcome)
    this.#around.tell('results')
    return true
  }

  async delivered(jobId: string): Promise<number[]> {
    return [...(await this.outcomes(jobId)).keys()]
  }

  async outcomes(jobId: string): Promise<Map<number, PieceOutcome>> {
    return new Map(this.#entries.get(jobId)?.outcomes)
  }

  async finish(lease: Lease, jobId: string, result: unknown): Promise<Guarded<'done' | 'over'>> {
    return this.#around.guarded(lease, () => {
      const entry = this.#entries.get(jobId)
      if (entry === undefined || entry.result !== null) return 'over'
      entry.result = { value: result }
      entry.outcomes.clear()
      this.#around.tell('live')
      return 'done'
    })
  }

  async result(jobId: string): Promise<{ value: unknown } | null> {
    return this.#entries.get(jobId)?.result ?? null
  }

  async forget(jobId: string): Promise<void> {
    this.#entries.delete(jobId)
    this.#around.tell('intents')
  }
}
