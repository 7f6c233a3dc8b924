import { statSync } from 'node:fs'
import type { Capabilities } from '../../shared/contract/contract.ts'

/** What SQLite keeps beside its file while it is open. */
const PARTS = ['', '-wal', '-shm']

/** How much of a machine's data there is. */
export function storedIn(folder: string, storePath: string): NonNullable<Capabilities['data']> {
  return { folder, bytes: PARTS.reduce((sum, part) => sum + (statSync(`${storePath}${part}`, { throwIfNoEntry: false })?.size ?? 0), 0) }
}
