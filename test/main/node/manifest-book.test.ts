import { expect, test, vi } from 'vitest'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import type { MasterDeps } from '../../../src/main/node/driver.ts'
import { ManifestBook } from '../../../src/main/node/master/manifest-book.ts'
import { NodeBook } from '../../../src/main/node/master/node-book.ts'
import { NodeOrderBook } from '../../../src/main/node/master/node-orders.ts'
import { begin, changeRate, openRun, partOf } from '../../../src/main/node/run/active-run.ts'
import type { RunLead } from '../../../src/main/node/run/run-lead.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { compileLoad, rateAt } from '../../../src/shared/task/load.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { nodeOf, specOf } from '../../contract/fixtures.ts'

const spec = specOf({ load: { rate: 100, duration: '60s' } })
const task: Task = { id: 'task', spec, status: 'running', revision: 3, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }
const node = nodeOf('a')

test('are written again when something in them has changed, and of a store that went back also for an order with a number that was there before', async () => {
  const cluster = new MemoryClusterState()
  const acquired = await cluster.acquire('a', 0, 'token')
  if (!acquired.acquired) throw new Error('There is another master.')
  const active = openRun(task, 'run', compileLoad(spec.load), [partOf(node, [{ from: 0, to: 1 }], 0)], 0)
  begin(active, 0, 1000)
  const book = new NodeBook(TIMINGS)
  book.update([{ info: node, connected: null }], 0)
  const { lease, snapshot } = acquired
  const manifests = new ManifestBook({ cluster, term: { lease, snapshot, fenced: vi.fn() }, former: null } as unknown as MasterDeps, book, new NodeOrderBook([]))
  const leads = [{ active, written: vi.fn() } as unknown as RunLead]
  const written = async (): Promise<[revision: number, rate: number]> => {
    expect(await manifests.write(leads)).toBe('done')
    const { manifest } = await cluster.heartbeat(node, { epoch: 0, revision: 0 })
    const load = manifest?.assignments[0]?.load
    return [manifest?.revision ?? 0, load?.model === 'open' ? rateAt(load.profile, 30_000) : NaN]
  }

  expect(await written()).toEqual([1, 100])
  expect(await written()).toEqual([1, 100])
  changeRate(active, 40, 4, 5000, 300)
  expect(await written()).toEqual([2, 40])
  changeRate(active, 70, 4, 6000, 300)
  expect(await written()).toEqual([3, 70])
})
