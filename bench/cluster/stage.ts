import { ClusterProcesses } from '../../test/support/cluster.ts'
import { constantLoad, startRun, type StartedRun } from '../../test/support/cluster-runs.ts'
import { startNginx, type Nginx } from '../../test/support/nginx.ts'
import type { ServeProcess } from '../../test/support/node-process.ts'
import { until } from '../../test/support/until.ts'

export interface Stage {
  cluster: ClusterProcesses
  nginx: Nginx
  /** What everything is asked of; the others are better masters. */
  desk: ServeProcess
  /** A run that lasts as long as it is needed. */
  begin(rate: number): Promise<StartedRun>
  end(run: StartedRun): Promise<void>
}

/** A cluster of its own for one promise, with a target that writes down every arrival; gone afterwards. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const cluster = await ClusterProcesses.start()
  const nginx = await startNginx({ log: true })
  try {
    const desk = await cluster.serve('desk', { priority: 1 })
    return await play({
      cluster,
      nginx,
      desk,
      begin: (rate) => startRun(desk, constantLoad(nginx.url, rate, '1h')),
      async end({ taskId, runId }) {
        await desk.ask('task.stop', { id: taskId })
        await until('the end of the run', async () => (await desk.ask('run.get', { id: runId })).run.endedAt !== null)
      },
    })
  } finally {
    await cluster.stop()
    await nginx.stop()
  }
}

/** The share that a node has now, 0 … 1, by what it sends. */
export async function shareOf(desk: ServeProcess, runId: string, name: string): Promise<number> {
  const id = await idOf(desk, name)
  const { points } = await desk.ask('run.points', { id: runId })
  const last = points.at(-1)
  return (last?.nodes.find((node) => node.id === id)?.started ?? 0) / (last?.started ?? 1)
}

/** Makes this node master, and waits until it is. */
export async function leadBy(cluster: ClusterProcesses, desk: ServeProcess, name: string): Promise<void> {
  await desk.ask('node.makeMaster', { id: await idOf(desk, name) })
  await until(`${name} to lead`, async () => (await cluster.master())?.name === name)
}

export async function idOf(desk: ServeProcess, name: string): Promise<string> {
  return until(`node ${name}`, async () => (await desk.ask('node.list', {})).find(({ info, state }) => info.name === name && state !== 'lost')?.info.id)
}
