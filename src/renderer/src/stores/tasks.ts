import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Imported, TaskRow } from '../../../shared/contract/contract.ts'
import type { Task, TaskStatus } from '../../../shared/task/task.ts'
import { useBridge } from '../bridge/index.ts'

const LIVE: ReadonlySet<TaskStatus> = new Set(['pending-run', 'running', 'pending-rate-change', 'pending-stop'])

/** What was read, and the text it was read from where there is something to choose in it. */
export interface Pasted extends Imported {
  text?: string
}

export function isLive(task: Task): boolean {
  return LIVE.has(task.status)
}

/** All tasks with their last results, newest use first. */
export const useTasks = defineStore('tasks', () => {
  const bridge = useBridge()
  const rows = shallowRef<TaskRow[]>([])
  const loaded = ref(false)
  /** What was pasted outside an editor, for the editor that opens next. */
  const pasted = shallowRef<Pasted | null>(null)
  const running = computed(() => rows.value.filter((row) => isLive(row.task)))
  const resting = computed(() => rows.value.filter((row) => !isLive(row.task)).sort((a, b) => usedAt(b) - usedAt(a)))
  let [asked, answered] = [0, 0]
  let [stale, reloading] = [false, false]

  async function load(): Promise<void> {
    const number = ++asked
    const list = await bridge.invoke('task.list', {})
    if (number < answered) return // a younger one was quicker
    answered = number
    rows.value = list
    loaded.value = true
  }

  /** Many changes at once (a start raises three) cost one reload; what changes while it is on its way may not be in it, and costs another. */
  async function reloadSoon(): Promise<void> {
    stale = true
    if (reloading) return
    reloading = true
    await Promise.resolve() // those of the same turn
    while (stale) {
      stale = false
      await load().catch(() => undefined)
    }
    reloading = false
  }

  function listen(): () => void {
    return bridge.on('task:changed', () => void reloadSoon())
  }

  async function start(id: string): Promise<string> {
    return (await bridge.invoke('task.start', { id })).runId
  }

  return {
    rows,
    loaded,
    running,
    resting,
    pasted,
    load,
    listen,
    start,
    get: (id: string) => bridge.invoke('task.get', { id }),
    create: (spec: unknown) => bridge.invoke('task.create', { spec }),
    update: (id: string, spec: unknown) => bridge.invoke('task.update', { id, spec }),
    clone: (id: string) => bridge.invoke('task.clone', { id }),
    remove: (id: string) => bridge.invoke('task.delete', { id }),
    restore: (id: string) => bridge.invoke('task.restore', { id }),
    stop: (id: string) => bridge.invoke('task.stop', { id }),
    setRate: (id: string, rate: number) => bridge.invoke('task.setRate', { id, rate }),
    /** @param id of the stored task whose secrets the masks in the spec stand for. */
    tryOnce: (spec: unknown, id: string | null) => bridge.invoke('task.tryOnce', { spec, ...(id === null ? {} : { id }) }),
  }
})

/** When a task was last run or changed, ms since the epoch. */
function usedAt(row: TaskRow): number {
  return Math.max(row.recent[0]?.startedAt ?? 0, row.task.updatedAt)
}
