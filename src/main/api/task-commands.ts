import type { Api, TaskRow } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { maskProblems, masked, unmasked } from '../../shared/task/mask-spec.ts'
import { parseTaskSpec } from '../../shared/task/task-schema.ts'
import type { Task, TaskSpec } from '../../shared/task/task.ts'
import type { ApiParts } from './parts.ts'
import type { Stops } from './stops.ts'

/** Enough for the result column and the trend of a list row. */
const RECENT_RUNS = 8

type TaskCommand = Extract<keyof Api, `task.${string}`>

/**
 * Operating tasks. A command changes the wanted state in the store and nudges the master; what becomes of it is told
 * by events. @param admit throws unless the user may load the target.
 */
export function taskCommands({ tasks, cluster, tryOnce, newId }: ApiParts, stops: Stops, admit: (spec: TaskSpec) => Promise<void>): Pick<Api, TaskCommand> {
  const nudge = (): Promise<void> => cluster.request({ id: newId(), op: 'look' })
  return {
    'task.list': async () => Promise.all((await tasks.tasks()).map((task) => rowOf(tasks, task))),
    'task.get': async ({ id }) => masked(await existing(tasks, id)),
    'task.create': async ({ spec }) => masked(await tasks.create(parsed(spec))),
    'task.update': async ({ id, spec }) => masked(await tasks.update(id, parsed(spec, (await existing(tasks, id)).spec))),
    'task.clone': async ({ id }) => {
      const { spec } = await existing(tasks, id)
      return masked(await tasks.create({ ...spec, name: nextName(spec.name, (await tasks.tasks()).map((task) => task.spec.name)) }))
    },
    'task.delete': async ({ id }) => {
      await tasks.delete(id)
      return {}
    },
    'task.restore': async ({ id }) => masked(await tasks.restore(id)),
    'task.start': async ({ id }) => {
      await admit((await existing(tasks, id)).spec)
      const runId = newId()
      await tasks.change(id, { type: 'start', runId })
      await nudge()
      return { runId }
    },
    'task.stop': ({ id }) => stops.stop(id),
    'task.setRate': async ({ id, rate }) => {
      await tasks.change(id, { type: 'change-rate', rate })
      await nudge()
      return {}
    },
    'task.tryOnce': async ({ spec, id }) => {
      const task = parsed(spec, id === undefined ? null : (await existing(tasks, id)).spec)
      await admit(task)
      return tryOnce(task)
    },
  }
}

/** Throws AppError `not-found`. */
export async function existing(tasks: ApiParts['tasks'], id: string): Promise<Task> {
  const task = await tasks.task(id)
  if (task === null) throw new AppError('not-found', `There is no task ${id}.`)
  return task
}

async function rowOf(tasks: ApiParts['tasks'], task: Task): Promise<TaskRow> {
  const runs = await tasks.runs({ taskId: task.id, limit: RECENT_RUNS })
  const recent = runs.map(({ id, startedAt, status, verdict, headline }) => ({ runId: id, startedAt, status, verdict, p99: headline?.p99 ?? null }))
  return { task: masked(task), recent }
}

/** @param stored what masks in the task stand for. */
function parsed(spec: unknown, stored: TaskSpec | null = null): TaskSpec {
  const result = parseTaskSpec(unmasked(spec, stored))
  const problems = result.ok ? maskProblems(result.value) : result.problems
  if (result.ok && problems.length === 0) return result.value
  throw new AppError('bad-input', problems.length === 1 ? 'The task has a problem.' : `The task has ${problems.length} problems.`, { problems })
}

/** `checkout` → `checkout 2` → `checkout 3`: the first that is free. */
function nextName(name: string, taken: readonly string[]): string {
  const base = name.replace(/ \d+$/, '')
  let number = 2
  while (taken.includes(`${base} ${number}`)) number++
  return `${base} ${number}`
}
