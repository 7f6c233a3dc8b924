/**
 * The master of a simulated fleet: `node master.ts <redis> <workers>`. A node of the product with its real master driver,
 * which follows the live runs as the console does. Waits for its workers, starts one task, and answers each `measure`
 * of its parent with what the seconds since the last one have cost it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { followLiveRuns } from '../../src/main/backend/live-runs.ts'
import type { RunView } from '../../src/shared/results/run.ts'
import { TASK_SCHEMA } from '../../src/shared/task/task.ts'
import { ARRIVALS, joinFleet, startFleetNode, type Joined } from './fleet-node.ts'

const RUN_ID = 'fleet'

export interface MasterFigures {
  cpuSeconds: number
  wallSeconds: number
  memoryMb: number
  /** Seconds of the run that were closed meanwhile. */
  points: number
  /** From the end of a second to its being shown, ms. */
  shownAfterMs: number[]
  totals: RunView['totals']
  workers: number
}

const [address = '', workers = '0'] = process.argv.slice(2)
const [joined] = await joinFleet(address) as [Joined]
startFleetNode(joined, 'master', 'auto')
while ((await joined.cluster.nodes()).length <= Number(workers)) await sleep(200)

const { id } = await joined.tasks.create({
  schema: TASK_SCHEMA, name: 'fleet', load: { rate: ARRIVALS * Number(workers), duration: '30m' }, request: { method: 'GET', url: 'http://127.0.0.1:9/', headers: {} },
  checks: [], thresholds: ['p99<200ms', 'errors<1%'], transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false }, tags: {},
})
await joined.tasks.change(id, { type: 'start', runId: RUN_ID })
await joined.cluster.request({ id: 'start', op: 'look' })

const live = followLiveRuns(joined.cluster)
let shown: number[] = []
let shownUpTo = 0
live.watch(() => {
  const { elapsedMs = 0, run } = live.view(RUN_ID) ?? {}
  const second = Math.floor(elapsedMs / 1000) * 1000
  if (run === undefined || second <= shownUpTo) return
  void live.points(RUN_ID, shownUpTo).then((found) => {
    for (const { atMs } of found?.points ?? []) if (atMs > shownUpTo) shown.push(Date.now() - run.startedAt - (shownUpTo = atMs))
  })
})
while (live.view(RUN_ID)?.run.status !== 'running') await sleep(100)
process.send?.('running')

let [cpu, wall] = [process.cpuUsage(), performance.now()]
process.on('message', () => {
  const [used, now] = [process.cpuUsage(cpu), performance.now()]
  const view = live.view(RUN_ID)
  process.send?.({
    cpuSeconds: (used.user + used.system) / 1e6, wallSeconds: (now - wall) / 1000, memoryMb: process.memoryUsage.rss() / 2 ** 20,
    points: shown.length, shownAfterMs: shown, totals: view!.totals, workers: Number(workers),
  } satisfies MasterFigures)
  ;[cpu, wall, shown] = [process.cpuUsage(), performance.now(), []]
})
for (const end of ['disconnect', 'SIGTERM']) process.once(end, () => process.exit(0)) // in order, so that a profile is written
