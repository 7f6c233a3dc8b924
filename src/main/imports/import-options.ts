import type { TaskSpec } from '../../shared/task/task.ts'
import type { ImportNotes } from './import-notes.ts'

/** What the user may say besides the file. */
export interface ImportOptions {
  /** Base URL to send to instead of the one of the file. */
  server?: string | undefined
  /** Which requests to take, see `selection.ts`. */
  select?: readonly string[] | undefined
  /** False: pauses of a recording are left out. */
  thinkTime?: boolean | undefined
  /** Reads a file that the import names; absent where files of the user cannot be seen. */
  readFile?: ((path: string) => Promise<Uint8Array>) | undefined
}

/** What was made of a file. */
export interface Found {
  spec: TaskSpec
  notes: ImportNotes
  /** Everything that could be selected. */
  requests?: string[]
  /** What was selected of it. */
  chosen?: string[]
  /** Base URLs of the file. */
  servers?: string[]
}
