import { defineStore } from 'pinia'
import { ref, shallowReactive, shallowRef } from 'vue'
import type { Events } from '../../../shared/contract/contract.ts'
import type { RunFilter } from '../../../shared/results/run-filter.ts'
import type { Run, RunNotes, RunView } from '../../../shared/results/run.ts'
import type { AppError } from '../../../shared/errors.ts'
import { asAppError } from '../bridge/wire.ts'
import { useBridge } from '../bridge/index.ts'
import { baselineFor } from './baseline-run.ts'
import { useCluster } from './cluster.ts'
import { keepEqual } from './keep-equal.ts'
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
/** Rows of the history that are loaded at once. */
const PAGE = 100
const UNDO_MS = 10_000

export const useRuns = defineStore('runs', () => {
  const bridge = useBridge()
  const cluster = useCluster()
  const list = shallowRef<Run[]>([])
  const listed = ref(false)
  /** There are older ones. */
  const more = ref(false)
  /** Deleted, and can still be brought back. */
  const leaving = new Set<string>()
  let filter: RunFilter = {}
  const open = shallowReactive(new Map<string, LiveRun>())
  /** Newest achieved rate of every run heard of, for the sidebar and the task list. */
  const views = shallowReactive(new Map<string, RunView>())

  /** The first page of what the filter lets through; without one, of what was asked for last. */
  async function loadList(wanted: RunFilter = filter): Promise<void> {
    filter = wanted
    const page = await bridge.invoke('run.list', { ...wanted, limit: PAGE + 1 })
    if (filter !== wanted) return // asked for something else meanwhile
    take(page, [])
    listed.value = true
  }

  async function loadMore(): Promise<void> {
    const last = list.value.at(-1)
    if (last !== undefined) take(await bridge.invoke('run.list', { ...filter, before: last.startedAt, limit: PAGE + 1 }), list.value)
  }

  function take(page: readonly Run[], before: readonly Run[]): void {
    list.value = [...before, ...page.slice(0, PAGE)].filter(({ id }) => !leaving.has(id))
    more.value = page.length > PAGE
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

  function remember(news: RunView): void {
    const view = keepEqual(views.get(news.run.id), news)
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

  /** Takes runs off the list at once and deletes them when they cannot be brought back any more. Answers with the way back. */
  function remove(ids: readonly string[], refused: (error: unknown) => void): () => void {
    const removed = list.value
    for (const id of ids) leaving.add(id)
    list.value = list.value.filter(({ id }) => !leaving.has(id))
    const timer = setTimeout(() => {
      for (const id of ids) void bridge.invoke('run.delete', { id }).then(() => open.delete(id), refused).finally(() => leaving.delete(id))
    }, UNDO_MS)
    return () => {
      clearTimeout(timer)
      for (const id of ids) leaving.delete(id)
      list.value = removed.filter(({ id }) => !leaving.has(id))
    }
  }

  async function annotate(id: string, notes: RunNotes): Promise<void> {
    put(await bridge.invoke('run.annotate', { id, ...notes }))
  }

  async function setBaseline(run: Run, on: boolean): Promise<void> {
    const changed = await bridge.invoke('run.setBaseline', { id: run.id, on })
    list.value = list.value.map((other) => (other.taskId === run.taskId && other.baseline === true ? { ...other, baseline: false } : other))
    put(changed)
  }

  /**
   * What a run is best compared with: the baseline of its task, else the one before it, else the newest. The command line
   * makes a task of its own for each run: those of the same name are meant then. Undefined: there is no other.
   */
  async function counterpart(run: Run): Promise<Run | undefined> {
    const base = await baselineFor(bridge, run)
    if (base !== undefined) return base
    const among = (found: Run[]): Run | undefined => {
      const others = found.filter(({ id, endedAt, taskName }) => id !== run.id && endedAt !== null && taskName === run.taskName)
      return others.find(({ startedAt }) => startedAt < run.startedAt) ?? others[0]
    }
    return among(await bridge.invoke('run.list', { taskId: run.taskId, limit: 20 })) ?? among(await bridge.invoke('run.list', { text: run.taskName, limit: 100 }))
  }

  function put(run: Run): void {
    list.value = list.value.map((other) => (other.id === run.id ? run : other))
    const live = open.get(run.id)
    if (live?.view) live.view = { ...live.view, run }
  }

  return { list, listed, more, loadMore, annotate, setBaseline, counterpart, open, views, loadList, watchRun, refresh, listen, peek, remove }
})
