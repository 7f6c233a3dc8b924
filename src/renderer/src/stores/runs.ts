import { defineStore } from 'pinia'
import { ref, shallowReactive, shallowRef } from 'vue'
import type { Events, Run, RunView } from '../../../shared/contract.ts'
import type { AppError } from '../../../shared/errors.ts'
import { asAppError } from '../bridge/wire.ts'
import { useBridge } from '../bridge/index.ts'
import { useCluster } from './cluster.ts'
import { PointSeries } from './point-series.ts'

/** One run as the screens know it. */
export interface LiveRun {
  id: string
  view: RunView | null
  series: PointSeries
  error: AppError | null
}

/** At most this many runs keep their points in memory; the least recently opened goes first. */
const KEPT_RUNS = 4

export const useRuns = defineStore('runs', () => {
  const bridge = useBridge()
  const cluster = useCluster()
  const list = shallowRef<Run[]>([])
  const listed = ref(false)
  const open = shallowReactive(new Map<string, LiveRun>())
  /** Newest achieved rate of every run heard of, for the sidebar and the task list. */
  const views = shallowReactive(new Map<string, RunView>())

  async function loadList(taskId?: string): Promise<void> {
    list.value = await bridge.invoke('run.list', taskId === undefined ? { limit: 200 } : { taskId, limit: 200 })
    listed.value = true
  }

  /** The run with its points; asks for them the first time. */
  function watchRun(id: string): LiveRun {
    const known = open.get(id)
    if (known !== undefined) return known
    const live = shallowReactive<LiveRun>({ id, view: views.get(id) ?? null, series: new PointSeries(), error: null })
    open.set(id, live)
    forgetOldest()
    void refresh(live)
    return live
  }

  function forgetOldest(): void {
    const oldest = open.keys().next().value
    if (open.size > KEPT_RUNS && oldest !== undefined) open.delete(oldest)
  }

  async function refresh(live: LiveRun): Promise<void> {
    try {
      const [view, { points }] = await Promise.all([
        bridge.invoke('run.get', { id: live.id }),
        bridge.invoke('run.points', { id: live.id, afterMs: live.series.lastMs }),
      ])
      remember(view)
      live.series.add(points)
      if (view.run.endedAt !== null) void learnNames(live.id)
      live.error = null
    } catch (error) {
      live.error = asAppError(error)
    }
  }

  /** A stored run names its nodes itself; one without a summary keeps their ids. */
  async function learnNames(id: string): Promise<void> {
    const summary = await bridge.invoke('run.summary', { id }).catch(() => null)
    if (summary !== null) cluster.remember(summary.nodes)
  }

  function remember(view: RunView): void {
    views.set(view.run.id, view)
    const live = open.get(view.run.id)
    if (live !== undefined) live.view = view
  }

  function onPoint(fact: Events['run:point']): void {
    const live = open.get(fact.runId)
    if (live === undefined) return
    if (live.series.follows(fact.point)) live.series.add([fact.point])
    else void refresh(live)
  }

  function onChanged(view: RunView): void {
    const before = views.get(view.run.id)?.run.status
    remember(view)
    const live = open.get(view.run.id)
    const ended = before !== view.run.status && view.run.endedAt !== null
    if (ended && live !== undefined) void refresh(live)
    if (before !== view.run.status && listed.value) void loadList().catch(() => undefined)
  }

  function listen(): () => void {
    const stops = [bridge.on('run:point', onPoint), bridge.on('run:changed', onChanged)]
    return () => stops.forEach((stop) => stop())
  }

  /** Asks for the state of a run that is listed but not open (the running group). */
  async function peek(id: string): Promise<void> {
    if (!views.has(id)) remember(await bridge.invoke('run.get', { id }))
  }

  async function remove(id: string): Promise<void> {
    await bridge.invoke('run.delete', { id })
    open.delete(id)
    list.value = list.value.filter((run) => run.id !== id)
  }

  return { list, listed, open, views, loadList, watchRun, refresh, listen, peek, remove }
})
