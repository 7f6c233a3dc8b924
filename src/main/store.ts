import { join } from 'node:path'
import { openSqliteTaskStore } from './backend/sqlite-task-store.ts'
import type { TaskStore } from './backend/task-store.ts'
import { dataDirOf } from './config.ts'

export type { TaskStore } from './backend/task-store.ts'

/** File of tasks and runs. @param dataDir `--data-dir`, if given. */
export function storePathOf(dataDir: string | undefined): string {
  return join(dataDirOf(dataDir), 'stampede.db')
}

/** The store alone, for a command that only looks things up or leaves a wish: without a node, an engine or threads. */
export function openStore(dataDir: string | undefined): TaskStore {
  return openSqliteTaskStore(storePathOf(dataDir))
}
