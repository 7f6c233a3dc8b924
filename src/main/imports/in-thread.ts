import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import { refusal } from './import-notes.ts'
import type { ImportInput, Imported } from '../../shared/contract/contract.ts'

/**
 * Imports in a thread of its own: files come from anywhere, and however they are made, reading one ends in bounded time
 * and memory, while the node goes on with its heartbeats.
 */

export type ThreadAnswer = { ok: true; imported: Imported } | { ok: false; error: ReturnType<AppError['toJSON']> }

const LIMIT_MS = 60_000
const MAX_MEMORY_MIB = 1024

/** Throws AppError `bad-input`. @param entry of the thread. */
export async function importInThread(entry: URL, input: ImportInput, limitMs = LIMIT_MS): Promise<Imported> {
  const worker = new Worker(entry, { workerData: input, resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MIB } })
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await Promise.race([answerOf(worker), new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(refusal(`Reading it takes longer than ${limitMs / 1000} s.`, 'Export a smaller part.')), limitMs)
    })])
    if (answer.ok) return answer.imported
    const { code, message, hint, problems } = answer.error
    throw new AppError(code, message, { ...(hint === undefined ? {} : { hint }), ...(problems === undefined ? {} : { problems }) })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

function answerOf(worker: Worker): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? refusal(`Reading it takes more than ${MAX_MEMORY_MIB} MiB of memory.`, 'Export a smaller part.') : error))
    worker.once('exit', (code) => reject(new Error(`the thread that reads an import ended with ${code}`)))
  })
}
