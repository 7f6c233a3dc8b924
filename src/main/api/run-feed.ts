import type { LiveRuns } from '../backend/live-runs.ts'
import type { EventHub } from './event-hub.ts'
import { maskedView } from './run-view.ts'

/**
 * Turns "this run moved" into facts: first each newly closed second, in order and once, then the view. So whoever sees
 * a run's end has seen all of its points. Returns the way to stop.
 */
export function feedRuns(live: Pick<LiveRuns, 'view' | 'points' | 'watch'>, hub: EventHub): () => void {
  const told = new Map<string, { atMs: number; events: number }>()
  const queues = new Map<string, Promise<void>>()

  const tell = async (runId: string): Promise<void> => {
    const view = live.view(runId)
    const { atMs, events } = told.get(runId) ?? { atMs: 0, events: 0 }
    const news = await live.points(runId, atMs)
    let fresh = news?.events.slice(events) ?? []
    for (const point of news?.points ?? []) {
      hub.emit('run:point', { runId, point, events: fresh })
      fresh = []
      told.set(runId, { atMs: point.atMs, events: news?.events.length ?? events })
    }
    if (view !== null) hub.emit('run:changed', maskedView(view))
  }

  return live.watch((runId) => {
    const next = (queues.get(runId) ?? Promise.resolve()).then(() => tell(runId)).catch((error: unknown) => process.emitWarning(error as Error))
    queues.set(runId, next)
    void next.then(() => {
      if (queues.get(runId) !== next) return
      queues.delete(runId)
      if (live.view(runId) === null) told.delete(runId)
    })
  })
}
