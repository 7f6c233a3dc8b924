import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { VariantName } from './naive.ts'
import type { Course } from './schedule.ts'
import type { Batch } from './schedule-worker.ts'

/** Worlds leave listeners behind that Node never collects: a thread is done with after so many. */
const PER_THREAD = 200

export interface Series {
  from: number
  count: number
  variant?: VariantName
  /** Enough is known once so many have failed; by default all are played. */
  stopAfter?: number
  /** Begins no further ones after this instant of `performance.now()`. */
  until?: number
  threads?: number
  onCourse?: (course: Course) => void
}

/** Plays schedules on all cores. Resolves with their courses, by seed. */
export async function playSchedules({ from, count, variant, stopAfter = Infinity, until = Infinity, threads = availableParallelism(), onCourse = () => undefined }: Series): Promise<Course[]> {
  const courses: Course[] = []
  let next = from
  let failed = 0
  const size = Math.min(PER_THREAD, Math.ceil(count / threads))
  const work = async (): Promise<void> => {
    while (next < from + count && failed < stopAfter && performance.now() < until) {
      const batch: Batch = { from: next, to: Math.min(next + size, from + count), variant: variant ?? null, stopAfter: stopAfter - failed }
      next = batch.to
      await playBatch(batch, (course) => {
        courses.push(course)
        if (course.broken.length + course.missed.length > 0) failed++
        onCourse(course)
      })
    }
  }
  await Promise.all(Array.from({ length: threads }, work))
  return courses.sort((a, b) => a.seed - b.seed)
}

async function playBatch(batch: Batch, take: (course: Course) => void): Promise<void> {
  const worker = new Worker(new URL('./schedule-worker.ts', import.meta.url))
  worker.on('message', take)
  worker.postMessage(batch)
  await new Promise<void>((resolve, reject) => worker.on('error', reject).on('exit', () => resolve()))
}
