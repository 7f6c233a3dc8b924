import { ulid } from 'ulid'
import { AppError } from '../../shared/errors.ts'
import { rate as formatRate } from '../../shared/format.ts'
import { masked } from '../../shared/task/mask-spec.ts'
import { parseRate } from '../../shared/task/load-schema.ts'
import type { Task } from '../../shared/task/task.ts'
import { isLive } from '../../shared/task/transition.ts'
import type { Entries } from './context.ts'
import { findRun, findTask, shortId, withPlace, withStore, type Place, type StoreFlags } from './store.ts'
import { readTask } from './task-input.ts'

export async function list(flags: StoreFlags): Promise<number> {
  const tasks = (await withStore(flags, (store) => store.tasks())).map(masked)
  if (flags.json === true) return printJson(tasks)
  if (tasks.length === 0) process.stdout.write('No tasks yet. Make one: stampede init, then stampede task create task.yaml\n')
  for (const task of tasks) process.stdout.write(`${shortId(task.id)}  ${task.status.padEnd(19)} ${loadOf(task).padEnd(24)} ${task.spec.name}  ${task.spec.request.method} ${task.spec.request.url}\n`)
  return 0
}

function loadOf({ spec: { load } }: Task): string {
  if (load.stages !== undefined) return `${load.stages.length} stages`
  const amount = load.rate === undefined ? `${load.connections ?? 0} connections` : formatRate(load.rate)
  return `${amount} ${load.duration ?? `× ${load.requests ?? ''}`}`
}

export async function show(id: string, flags: StoreFlags): Promise<number> {
  const task = masked(await withStore(flags, (store) => findTask(store, id)))
  if (flags.json === true) return printJson(task)
  const { stringify } = await import('yaml')
  process.stdout.write(`# ${task.id}, ${task.status}${task.reason === null ? '' : `: ${task.reason}`}\n${stringify(task.spec)}`)
  return 0
}

export async function create(file: string, flags: StoreFlags): Promise<number> {
  const { spec } = await readTask(file, { keepalive: true, color: true })
  const task = await withStore(flags, (store) => store.create(spec))
  if (flags.json === true) return printJson(masked(task))
  process.stdout.write(`Created ${task.id}. Run it: stampede task start ${shortId(task.id)}\n`)
  return 0
}

/** Here: runs a stored task in this process, with the same view and exit code as `run`. On a cluster: gives the order, and whoever is master sees to it. */
export async function start(id: string, flags: StoreFlags, entries: Entries): Promise<number> {
  const ordered = await withPlace(flags, async ({ store, cluster }) => {
    const task = await findTask(store, id)
    if (cluster === null) return task.id
    const { runId, spec } = await store.change(task.id, { type: 'start', runId: ulid() })
    await wake(cluster)
    if (flags.json === true) printJson({ taskId: task.id, runId })
    else process.stdout.write(`Starting ${spec.name} on the cluster, run ${runId}.${await masterNote(cluster)}\n`)
    return null
  })
  if (ordered === null) return 0
  const { executeTask } = await import('./run.ts')
  return executeTask(ordered, { keepalive: true, color: true, ...flags, local: true }, entries)
}

export async function stop(id: string, flags: StoreFlags): Promise<number> {
  return withPlace(flags, async (place) => stopTask(place, await findTask(place.store, id)))
}

export async function rate(id: string, value: string, flags: StoreFlags): Promise<number> {
  return withPlace(flags, async (place) => changeRate(place, await findTask(place.store, id), value))
}

export async function remove(id: string, flags: StoreFlags): Promise<number> {
  return withStore(flags, async (store) => {
    const task = await findTask(store, id)
    await store.delete(task.id)
    process.stdout.write(`Deleted ${task.spec.name}; its runs stay.\n`)
    return 0
  })
}

/** `stampede stop [run]`: a live run by id or task name, the only one there is, or all. */
export async function stopRun(id: string | undefined, flags: StoreFlags & { all?: boolean }): Promise<number> {
  return withPlace(flags, async (place) => {
    if (id !== undefined) return stopTask(place, await taskOfRun(place.store, id))
    const live = (await place.store.tasks()).filter(({ status }) => isLive(status) && (status !== 'pending-stop' || flags.all === true))
    if (live.length === 0) throw new AppError('not-found', 'Nothing is running.')
    if (live.length > 1 && flags.all !== true) throw new AppError('bad-input', `${live.length} runs are going.`, { hint: `Name one of ${live.map((task) => task.spec.name).join(', ')}, or give --all.` })
    for (const task of live) await stopTask(place, task, flags.all === true)
    return 0
  })
}

export async function rateOfRun(id: string, value: string, flags: StoreFlags): Promise<number> {
  return withPlace(flags, async (place) => changeRate(place, await taskOfRun(place.store, id), value))
}

async function taskOfRun(store: Place['store'], id: string): Promise<Task> {
  const run = await findRun(store, id)
  const task = await store.task(run.taskId)
  if (task === null || task.runId !== run.id) throw new AppError('conflict', `Run ${run.id} is not going any more.`)
  return task
}

/** `atOnce`: workers obey a stop record without waiting for a master, each by itself; with one, all stop at one instant. */
async function stopTask({ store, cluster }: Place, task: Task, atOnce = false): Promise<number> {
  const { revision } = await store.change(task.id, { type: 'stop' })
  if (cluster !== null) {
    if (atOnce || (await cluster.master()) === null) await cluster.stop({ taskId: task.id, orderNo: revision })
    await wake(cluster)
  }
  process.stdout.write(`Stopping ${task.spec.name}.\n`)
  return 0
}

async function changeRate({ store, cluster }: Place, task: Task, value: string): Promise<number> {
  const wanted = parseRate(value)
  if (!wanted.ok) throw new AppError('bad-input', wanted.problem.message, wanted.problem.hint === undefined ? {} : { hint: wanted.problem.hint })
  if (task.spec.load.rate === undefined && task.spec.load.stages === undefined) throw new AppError('conflict', `"${task.spec.name}" runs a closed loop of connections; it has no rate to change.`, { hint: 'Run it with --rate.' })
  await store.change(task.id, { type: 'change-rate', rate: wanted.rate })
  if (cluster !== null) await wake(cluster)
  process.stdout.write(`Changing ${task.spec.name} to ${formatRate(wanted.rate)}.${cluster === null ? '' : await masterNote(cluster)}\n`)
  return 0
}

type Cluster = NonNullable<Place['cluster']>

/** The master looks by itself as well; this makes it look now. */
async function wake(cluster: Cluster): Promise<void> {
  await cluster.request({ id: ulid(), op: 'look' })
}

/** An order waits in the store for whoever becomes master. */
async function masterNote(cluster: Cluster): Promise<string> {
  return (await cluster.master()) === null ? ' Nobody leads the cluster now; the next master sees to it.' : ''
}

function printJson(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value)}\n`)
  return 0
}
