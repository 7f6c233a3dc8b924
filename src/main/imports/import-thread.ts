import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import { importText } from './import-text.ts'
import type { ImportInput } from '../../shared/contract/contract.ts'
import type { ThreadAnswer } from './in-thread.ts'

/** Entry of the thread that reads one file; see `in-thread.ts`. */

async function answer(): Promise<ThreadAnswer> {
  try {
    return { ok: true, imported: await importText(workerData as ImportInput) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ok: false, error: error.toJSON() }
  }
}

parentPort?.postMessage(await answer())
