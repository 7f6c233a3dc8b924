import { AppError } from '../../shared/errors.ts'
import type { TaskStore } from '../app.ts'
import type { Door } from '../app/door.ts'
import type { Run } from '../../shared/results/run.ts'
import type { Task } from '../../shared/task/task.ts'
import { clusterOf } from './cluster-choice.ts'
import type { ClusterFlags } from './cluster-flags.ts'

export interface StoreFlags extends ClusterFlags {
  json?: boolean
}

/** Where a command looks and whom it tells: this machine's tasks, or a cluster's. */
export interface Place {
  store: TaskStore
  /** Null: this machine. The process that carries a run finds a wish in its store within half a second. */
  cluster: Door['cluster'] | null
}

/** Opens the tasks of the cluster that is meant, or else of this machine, for one command. */
export async function withPlace<T>(flags: StoreFlags, use: (place: Place) => Promise<T>): Promise<T> {
  const { redis } = await clusterOf(flags)
  if (redis === null) return withLocal(flags, (store) => use({ store, cluster: null }))
  const { openDoor } = await import('../app/door.ts')
  const door = await openDoor(redis, (text) => process.stderr.write(`warning: ${text}\n`))
  try {
    return await use({ store: door.tasks, cluster: door.cluster })
  } finally {
    await door.close()
  }
}

export async function withStore<T>(flags: StoreFlags, use: (store: TaskStore) => Promise<T>): Promise<T> {
  return withPlace(flags, ({ store }) => use(store))
}

async function withLocal<T>(flags: StoreFlags, use: (store: TaskStore) => Promise<T>): Promise<T> {
  const { openTasks } = await import('../app.ts')
  const store = openTasks(flags.dataDir)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** A task by its id, the end of its id, or its name. Throws `not-found` or, where several fit, `bad-input`. */
export async function findTask(store: TaskStore, wanted: string): Promise<Task> {
  return only(await store.tasks(), wanted, (task) => [task.id, task.spec.name], 'task', 'stampede task list')
}

/** A run by its id, the end of its id, or the name of its task (then the newest). */
export async function findRun(store: Pick<TaskStore, 'runs'>, wanted: string): Promise<Run> {
  const runs = await store.runs({ limit: 1000 })
  return runs.find((run) => run.taskName === wanted) ?? only(runs, wanted, (run) => [run.id], 'run', 'stampede history')
}

/** The end of an id: ULIDs of the same minute begin alike. */
export function shortId(id: string): string {
  return id.slice(-8)
}

function only<T extends { id: string }>(all: T[], wanted: string, names: (one: T) => string[], kind: string, list: string): T {
  const fits = all.filter((one) => names(one).includes(wanted) || one.id.toLowerCase().endsWith(wanted.toLowerCase()))
  const exact = fits.filter((one) => one.id === wanted)
  const [found, second] = exact.length === 1 ? exact : fits
  if (found === undefined) throw new AppError('not-found', `There is no ${kind} "${wanted}".`, { hint: `See: ${list}` })
  if (second !== undefined) throw new AppError('bad-input', `"${wanted}" fits ${fits.length} ${kind}s.`, { hint: `Give more of the id: ${fits.slice(0, 5).map((one) => one.id).join(', ')}` })
  return found
}
