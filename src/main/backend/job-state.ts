import type { Lease } from '../../shared/cluster/cluster.ts'
import type { Guarded } from './guarded.ts'

/**
 * What jobs of other kinds than load tests share, as atomic operations. A job is a number of pieces that any node can do;
 * what came out of a piece is kept once, whoever did it first. Which node does which piece is said by its manifest.
 *
 * It promises: a job is there until it is forgotten, whoever is master; of each piece one outcome counts; the result of
 * the whole is written once, by the holder of the lease. It does not promise that a piece is done only once: what a lost
 * node had in hand is done again.
 */
export interface JobState {
  /** Leaves a job for the master, and nudges it. False: there is one with this id already, and it stays. */
  submit(job: Job): Promise<boolean>
  /** How all stand that are not forgotten, the finished ones as well. */
  all(): Promise<JobStanding[]>
  /** As it was left; null when nobody has, or when it is forgotten. */
  job(jobId: string): Promise<Job | null>
  /** What came out of one piece. False: another outcome was first, or nobody waits for it any more. */
  deliver(jobId: string, piece: number, outcome: PieceOutcome): Promise<boolean>
  /** Which pieces of a job that is not finished are done. */
  delivered(jobId: string): Promise<number[]>
  /** What came out of them. */
  outcomes(jobId: string): Promise<Map<number, PieceOutcome>>
  /** The result of the whole ends the job; its pieces are dropped. */
  finish(lease: Lease, jobId: string, result: unknown): Promise<Guarded<'done' | 'over'>>
  /** Null until it is finished. */
  result(jobId: string): Promise<{ value: unknown } | null>
  /** Nothing is kept of it. Its nodes stop with their next manifest. */
  forget(jobId: string): Promise<void>
}

export interface Job {
  id: string
  /** Which of the registered drivers carry it. */
  kind: string
  /** They are numbered from 0. */
  pieces: number
  /** Whatever the drivers need to know, as JSON. */
  payload: unknown
}

export interface JobStanding extends Pick<Job, 'id' | 'kind' | 'pieces'> {
  /** How many pieces are done; all of them in a finished job. */
  done: number
  finished: boolean
}

/** A piece that failed is an outcome as well: what it means for the whole is the master driver's to say. */
export type PieceOutcome = { ok: true; value: unknown } | { ok: false; why: string }
