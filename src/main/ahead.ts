import { ThreadSupply } from './engine/threads/thread-supply.ts'
import type { EngineEntries } from './engine/threads/thread-supply.ts'

/**
 * Starts an engine thread while the rest of the product is still being loaded and the task read; apart from `app.ts`
 * because loading that takes longer than starting the thread. Close it if no run comes of it.
 */
export function startAhead(entries: EngineEntries): ThreadSupply {
  const supply = new ThreadSupply(entries)
  supply.ahead()
  return supply
}
