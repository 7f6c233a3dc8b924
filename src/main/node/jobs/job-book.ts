import type { Manifest, WorkReport } from '../../../shared/cluster/cluster.ts'
import type { JobState } from '../../backend/job-state.ts'
import type { Carried, CarriedHooks } from '../work/carried.ts'
import { JobPart, type JobWork } from './job-part.ts'

/** The parts of jobs that a node carries. */
export class JobBook implements Carried {
  readonly reports: WorkReport[] = []
  readonly startedPerSecond = 0
  readonly #jobs: JobState
  readonly #work: JobWork
  readonly #hooks: CarriedHooks
  readonly #parts = new Map<string, JobPart>()
  #resting = false

  constructor(jobs: JobState, work: JobWork, hooks: CarriedHooks) {
    this.#jobs = jobs
    this.#work = work
    this.#hooks = hooks
  }

  get isIdle(): boolean {
    return !this.carries
  }

  get carries(): boolean {
    return [...this.#parts.values()].some((part) => part.isBusy)
  }

  /** Jobs have no course in time. */
  elapsed(): number | null {
    return null
  }

  obey({ jobs = [] }: Pick<Manifest, 'jobs'>): void {
    const wanted = new Map(jobs.map(({ jobId, share }) => [jobId, share]))
    for (const [jobId, share] of wanted) this.#partOf(jobId).obey(share)
    for (const [jobId, part] of this.#parts) {
      if (wanted.has(jobId)) continue
      part.end()
      this.#parts.delete(jobId)
    }
  }

  /** Jobs are ended by being forgotten; there is no order to stop that goes past the master. */
  obeyStops(): void {
    // nothing to do
  }

  /** Each piece is delivered on its own, and asked for again as long as it has not arrived. */
  hearAccepted(): void {
    // nothing to do
  }

  async upload(): Promise<void> {
    // nothing to do
  }

  extendLease(untilMs: number): void {
    const resting = untilMs === 0
    if (resting === this.#resting) return
    this.#resting = resting
    for (const part of this.#parts.values()) part.rest(resting)
  }

  rejoin(): void {
    // pieces keep no time with each other
  }

  async kill(): Promise<void> {
    for (const part of this.#parts.values()) part.end()
    this.#parts.clear()
  }

  #partOf(jobId: string): JobPart {
    const part = this.#parts.get(jobId) ?? new JobPart(jobId, this.#work, this.#jobs, this.#hooks)
    if (!this.#parts.has(jobId)) part.rest(this.#resting)
    this.#parts.set(jobId, part)
    return part
  }
}
