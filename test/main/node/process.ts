import { openBackend } from '../../../src/main/backend/index.ts'
import { createEngine } from '../../../src/main/engine/engine.ts'
import { startNode } from '../../../src/main/node/node.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'

/**
 * The single-machine product without its screens, as the composition root puts it together: real engine, real threads,
 * real file. Started as a process of its own (`node process.ts <file> <spec>`) it runs that task and tells each point.
 */
export async function openSingleNode(storePath: string) {
  const backend = await openBackend({ storePath })
  const engineUrl = (name: string): URL => new URL(`../../../src/main/engine/${name}.ts`, import.meta.url)
  const node = startNode({
    ...backend,
    engine: createEngine({ thread: engineUrl('engine-thread'), ticker: engineUrl('ticker-thread') }),
    vitals: async () => ({ cpuPercent: 10, memoryPercent: 10, memoryBytes: 2 ** 33, cores: 2, loopLagMs: 0 }),
    timings: { runLeaseMs: Infinity },
    identity: { id: 'node', name: 'desk', boot: `boot-${process.pid}-${Date.now()}`, role: 'auto', priority: 1, version: '0.1.0' },
  })
  const close = async (): Promise<void> => {
    await node.close()
    await backend.close()
  }
  return { ...backend, close }
}

/** Creates and starts a task; answers with its ids. */
export async function startTask({ tasks, cluster }: Pick<Awaited<ReturnType<typeof openSingleNode>>, 'tasks' | 'cluster'>, spec: TaskSpec, runId: string): Promise<string> {
  const { id } = await tasks.create(spec)
  await tasks.change(id, { type: 'start', runId })
  await cluster.request({ id: 'look', op: 'look' })
  return id
}

if (import.meta.main) {
  const [storePath = '', spec = ''] = process.argv.slice(2)
  const node = await openSingleNode(storePath)
  let told = 0
  node.live.watch((runId) => void node.live.points(runId, 0).then((live) => {
    const stored = live?.points.length ?? 0
    if (stored > told) process.stdout.write(`${(told = stored)} points\n`)
  }))
  await startTask(node, JSON.parse(spec) as TaskSpec, 'run')
}
