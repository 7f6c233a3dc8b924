import { AppError } from '../../shared/errors.ts'
import type { App } from '../app.ts'

const LOOK_EVERY_MS = 250
/** How long the wanted nodes may take to come, ms. */
const PATIENCE_MS = 60_000

/**
 * Waits until so many other load nodes are there: such whose heartbeat is heard while it is listened to, since those
 * that died stay on the list for a while. Throws `cannot-start` when they do not come.
 */
export async function gather(app: App, wanted: number): Promise<void> {
  if (wanted === 0) return
  const firstBeats = new Map<string, string>()
  const heard = new Set<string>()
  const deadline = performance.now() + PATIENCE_MS
  process.stderr.write(`Waiting for ${wanted} ${wanted === 1 ? 'worker' : 'workers'} at ${app.address ?? 'this machine'}.\n`)
  for (;;) {
    const rows = await app.api['node.list']({}).catch(() => [])
    for (const { info, isThis, state } of rows) {
      const beat = `${info.boot} ${info.beat}`
      const first = firstBeats.get(info.id) ?? beat
      firstBeats.set(info.id, first)
      if (isThis || info.role === 'sentinel' || state === 'drained' || state === 'incompatible' || state === 'lost') heard.delete(info.id)
      else if (first !== beat) heard.add(info.id)
    }
    if (heard.size >= wanted) return
    if (performance.now() > deadline) throw new AppError('cannot-start', `Waited a minute for ${wanted} workers; ${heard.size === 0 ? 'none is' : `${heard.size} are`} there.`, { hint: 'Start them: stampede worker --redis … with the same namespace and secret.' })
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
}
