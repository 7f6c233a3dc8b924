import type { Point, Summary } from '../../src/shared/results/summary.ts'
import type { ServeProcess } from './node-process.ts'
import { until } from './until.ts'

/** A constant rate against a target. */
export function constantLoad(url: string, rate: number, duration: string, name = 'load'): object {
  return { schema: 'stampede.task/1', name, load: { rate, duration }, request: { method: 'GET', url } }
}

export interface StartedRun {
  taskId: string
  runId: string
}

/** Makes the task, starts it and waits for its first closed second. */
export async function startRun(serve: ServeProcess, spec: unknown): Promise<StartedRun> {
  const { id } = await serve.ask('task.create', { spec })
  const { runId } = await serve.ask('task.start', { id })
  await until('the first second of the run', async () => (await serve.ask('run.points', { id: runId })).points.length > 0)
  return { taskId: id, runId }
}

/** Waits until the run is `ms` old by its own closed seconds. */
export async function untilRunIs(ms: number, serve: ServeProcess, runId: string): Promise<void> {
  await until(`second ${ms / 1000} of the run`, async () => ((await serve.ask('run.points', { id: runId })).points.at(-1)?.atMs ?? 0) >= ms, { withinMs: 60_000 })
}

/** Waits for the end of the run and for its result. */
export async function resultOf(serve: ServeProcess, runId: string, withinMs = 90_000): Promise<Summary> {
  await until('the end of the run', async () => (await serve.ask('run.get', { id: runId })).run.endedAt !== null, { withinMs, everyMs: 200 })
  return until('the summary', async () => serve.ask('run.summary', { id: runId }))
}

/** Sent in this second by all nodes together, as they say themselves. */
export function startedByNodes({ nodes }: Point): number {
  return nodes.reduce((sum, node) => sum + node.started, 0)
}
