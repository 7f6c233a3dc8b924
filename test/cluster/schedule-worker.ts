import { parentPort } from 'node:worker_threads'
import { optionsOf, type VariantName } from './naive.ts'
import { play, type Course } from './schedule.ts'

/** Schedules to play: seeds `from` … `to - 1`. */
export interface Batch {
  from: number
  to: number
  variant: VariantName | null
  /** Enough is known once so many have failed. */
  stopAfter: number
}

/** Plays its batch and tells each course; then it ends, and whatever its worlds have left behind with it. */
parentPort?.on('message', (batch: Batch) => void playAll(batch))

async function playAll({ from, to, variant, stopAfter }: Batch): Promise<void> {
  let failed = 0
  for (let seed = from; seed < to && failed < stopAfter; seed++) {
    const course = await playOne(seed, variant)
    if (course.broken.length + course.missed.length > 0) failed++
    parentPort?.postMessage(course)
  }
  parentPort?.close()
}

/** A program that throws where nobody catches it has broken its promise as well. */
async function playOne(seed: number, variant: VariantName | null): Promise<Course> {
  try {
    return await play(seed, variant === null ? {} : optionsOf(variant))
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { seed, broken: [what], missed: [], struck: [], masterships: 0, failOvers: [], convergedInMs: null, lastedMs: 0, sent: 0 }
  }
}
