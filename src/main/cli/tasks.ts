import { AppError } from '../../shared/errors.ts'
import { rate as formatRate } from '../../shared/format.ts'
import { parseRate } from '../../shared/load-schema.ts'
import type { Task } from '../../shared/task.ts'
import type { Entries } from './context.ts'
import { findRun, findTask, shortId, withStore, type StoreFlags } from './store.ts'
import { readTask } from './task-input.ts'

const LIVE: readonly Task['status'][] = ['pending-run', 'running', 'pending-rate-change']

export async function list(flags: StoreFlags): Promise<number> {
  const tasks = await withStore(flags, (store) => store.tasks())
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
  const task = await withStore(flags, (store) => findTask(store, id))
  if (flags.json === true) return printJson(task)
  const { stringify } = await import('yaml')
  process.stdout.write(`# ${task.id}, ${task.status}${task.reason === null ? '' : `: ${task.reason}`}\n${stringify(task.spec)}`)
  return 0
}

export async function create(file: string, flags: StoreFlags): Promise<number> {
  const { spec } = await readTask(file, { keepalive: true, color: true })
  const task = await withStore(flags, (store) => store.create(spec))
  if (flags.json === true) return printJson(task)
  process.stdout.write(`Created ${task.id}. Run it: stampede task start ${shortId(task.id)}\n`)
  return 0
}

/** Runs a stored task in this process, with the same view and exit code as `run`. */
export async function start(id: string, flags: StoreFlags, entries: Entries): Promise<number> {
  const task = await withStore(flags, (store) => findTask(store, id))
  const { executeTask } = await import('./run.ts')
  return executeTask(task.id, { keepalive: true, color: true, ...flags }, entries)
}

export async function stop(id: string, flags: StoreFlags): Promise<number> {
  return withStore(flags, async (store) => stopTask(store, await findTask(store, id)))
}

export async function rate(id: string, value: string, flags: StoreFlags): Promise<number> {
  return withStore(flags, async (store) => changeRate(store, await findTask(store, id), value))
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
  return withStore(flags, async (store) => {
    if (id !== undefined) return stopTask(store, await taskOfRun(store, id))
    const live = (await store.tasks()).filter((task) => LIVE.includes(task.status))
    if (live.length === 0) throw new AppError('not-found', 'Nothing is running.')
    if (live.length > 1 && flags.all !== true) throw new AppError('bad-input', `${live.length} runs are going.`, { hint: `Name one of ${live.map((task) => task.spec.name).join(', ')}, or give --all.` })
    for (const task of live) await stopTask(store, task)
    return 0
  })
}

export async function rateOfRun(id: string, value: string, flags: StoreFlags): Promise<number> {
  return withStore(flags, async (store) => changeRate(store, await taskOfRun(store, id), value))
}

type Store = Parameters<Parameters<typeof withStore>[1]>[0]

async function taskOfRun(store: Store, id: string): Promise<Task> {
  const run = await findRun(store, id)
  const task = await store.task(run.taskId)
  if (task === null || task.runId !== run.id) throw new AppError('conflict', `Run ${run.id} is not going any more.`)
  return task
}

/** The process that carries the run finds the wish in the store within half a second. */
async function stopTask(store: Store, task: Task): Promise<number> {
  await store.change(task.id, { type: 'stop' })
  process.stdout.write(`Stopping ${task.spec.name}.\n`)
  return 0
}

async function changeRate(store: Store, task: Task, value: string): Promise<number> {
  const wanted = parseRate(value)
  if (!wanted.ok) throw new AppError('bad-input', wanted.problem.message, wanted.problem.hint === undefined ? {} : { hint: wanted.problem.hint })
  if (task.spec.load.rate === undefined && task.spec.load.stages === undefined) throw new AppError('conflict', `"${task.spec.name}" runs a closed loop of connections; it has no rate to change.`, { hint: 'Run it with --rate.' })
  await store.change(task.id, { type: 'change-rate', rate: wanted.rate })
  process.stdout.write(`Changing ${task.spec.name} to ${formatRate(wanted.rate)}.\n`)
  return 0
}

function printJson(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value)}\n`)
  return 0
}
