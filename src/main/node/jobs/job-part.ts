import type { Share } from '../../../shared/cluster/cluster.ts'
import { AppError } from '../../../shared/errors.ts'
import { owns } from '../../../shared/cluster/split.ts'
import type { Job, JobState, PieceOutcome } from '../../backend/job-state.ts'
import type { CarriedHooks } from '../work/carried.ts'

/** What a job is to a node that works. */
export interface JobWork {
  /** Of the jobs that it carries. */
  kind: string
  /**
   * Does one piece (0, 1, …); what it resolves to, as JSON, is its outcome, and so is what it throws. The signal is
   * aborted when the node leaves, and when the job is not wanted any more. It may be done twice, by two nodes.
   */
  doPiece(job: Job, piece: number, signal: AbortSignal): Promise<unknown>
  /** Pieces at the same time; 1 by default. */
  parallel?: number
}

/** Waited before what failed is tried again, ms. */
const AGAIN_MS = 1000

/** The pieces of one job that one node has to do, and does. */
export class JobPart {
  readonly #jobId: string
  readonly #work: JobWork
  readonly #jobs: JobState
  readonly #hooks: Pick<CarriedHooks, 'onChange' | 'onTrouble'>
  readonly #ended = new AbortController()
  readonly #inHand = new Set<number>()
  readonly #done = new Set<number>()
  #job: Job | null = null
  /** To be done, in order. */
  #queue: number[] = []
  #share: Share = []
  #learning = false
  #resting = false

  constructor(jobId: string, work: JobWork, jobs: JobState, hooks: Pick<CarriedHooks, 'onChange' | 'onTrouble'>) {
    this.#jobId = jobId
    this.#work = work
    this.#jobs = jobs
    this.#hooks = hooks
  }

  /** Something of it is in hand, or to be done. */
  get isBusy(): boolean {
    return !this.#ended.signal.aborted && (this.#learning || this.#inHand.size > 0 || this.#queue.length > 0)
  }

  /** Pieces are placed in the share as arrivals are. Those of a former share that are in hand are brought to their end. */
  obey(share: Share): void {
    if (JSON.stringify(share) === JSON.stringify(this.#share)) return
    this.#share = share
    if (!this.#learning) void this.#learn()
  }

  /** Begins nothing new for as long as the node is out of contact. */
  rest(resting: boolean): void {
    this.#resting = resting
    this.#fill()
  }

  end(): void {
    this.#ended.abort()
  }

  /** What others have done of it by now. */
  async #learn(): Promise<void> {
    this.#learning = true
    this.#job ??= (await this.#again(() => this.#jobs.job(this.#jobId))) ?? null
    for (const piece of (await this.#again(() => this.#jobs.delivered(this.#jobId))) ?? []) this.#done.add(piece)
    this.#learning = false
    this.#queue = this.#owned().filter((piece) => !this.#done.has(piece) && !this.#inHand.has(piece))
    this.#fill()
  }

  #fill(): void {
    while (this.#inHand.size < (this.#work.parallel ?? 1) && !this.#learning && !this.#resting && !this.#ended.signal.aborted) {
      const piece = this.#queue.shift()
      if (piece === undefined || this.#job === null) break
      this.#inHand.add(piece)
      void this.#bring(this.#job, piece).then(() => {
        this.#inHand.delete(piece)
        this.#fill()
      })
    }
    if (!this.isBusy) this.#hooks.onChange()
  }

  #owned(): number[] {
    if (this.#job?.kind !== this.#work.kind) return []
    return Array.from({ length: this.#job.pieces }, (_, piece) => piece).filter((piece) => owns(this.#share, piece + 1))
  }

  /** A piece that was interrupted is nobody's outcome. */
  async #bring(job: Job, piece: number): Promise<void> {
    const outcome = await this.#outcomeOf(job, piece)
    const deliver = (what: PieceOutcome): Promise<boolean | undefined> => this.#again(() => this.#jobs.deliver(job.id, piece, what))
    if ((await deliver(outcome)) === undefined) await deliver({ ok: false, why: 'What came out of it is too big for the cluster.' })
    this.#done.add(piece)
  }

  async #outcomeOf(job: Job, piece: number): Promise<PieceOutcome> {
    try {
      return { ok: true, value: (await this.#work.doPiece(job, piece, this.#ended.signal)) ?? null }
    } catch (error) {
      return { ok: false, why: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Until it works, or this part has ended; undefined then, and for what can never work. */
  async #again<T>(step: () => Promise<T>): Promise<T | undefined> {
    while (!this.#ended.signal.aborted) {
      try {
        return await step()
      } catch (error) {
        this.#hooks.onTrouble(error)
        if (error instanceof AppError && error.code === 'bad-input') return undefined
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
    return undefined
  }
}
