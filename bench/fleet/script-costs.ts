/** What one heartbeat and one report cost Redis: `node script-costs.ts <redis>`, beside whatever the fleet has left there. */
import type { NodeInfo } from '../../src/shared/cluster/cluster.ts'
import type { Sample } from '../../src/shared/results/sample.ts'
import { joinFleet, RATE, type Joined } from './fleet-node.ts'
import { PretendedEngine, tallies } from '../../test/support/pretended-engine.ts'
import { ArrivalCounts } from '../../test/support/arrival-counts.ts'

const ROUNDS = 9
/** Reported in turns, as each node's first sample and each tenth one costs more. */
const NODES = 200
const CALLS = 4000
const AT_ONCE = 50

export interface ScriptCosts {
  heartbeatUs: number[]
  reportUs: number[]
  /** Of a worker that is ten times as busy. */
  busyReportUs: number[]
}

const [address = ''] = process.argv.slice(2)
const joined = await joinFleet(address, NODES)
const [{ cluster, link }] = joined as [Joined]
const nodes = await cluster.nodes()
const [sample, busySample] = [await oneSample(RATE), await oneSample(10 * RATE)]
let [beat, seq] = [1_000_000, 0]

/** As a node does that has applied the newest manifest. */
const applied = new Map<number, { epoch: number; revision: number }>()
const heartbeat = async (index: number): Promise<unknown> => {
  const node = index % NODES
  const reply = await (joined[node] as Joined).cluster.heartbeat({ ...(nodes[node] as NodeInfo), beat: (beat += 1) }, applied.get(node) ?? { epoch: 0, revision: 0 })
  if (reply.manifest !== null) applied.set(node, reply.manifest)
  return reply
}
const report = (of: Sample) => async (index: number): Promise<unknown> => {
  if (index % NODES === 0) seq += 1
  return cluster.report({ runId: 'costs', nodeId: `n${index % NODES}`, boot: 'boot', ringFrom: seq, entries: [{ seq, sample: { ...of, runId: 'costs' } }] })
}

const costs: ScriptCosts = { heartbeatUs: [], reportUs: [], busyReportUs: [] }
await usPerCall(heartbeat) // each node's first one brings its manifest, and is news to the others
for (let round = 0; round < ROUNDS; round += 1) {
  costs.heartbeatUs.push(await usPerCall(heartbeat))
  costs.reportUs.push(await usPerCall(report(sample)))
  costs.busyReportUs.push(await usPerCall(report(busySample)))
}
process.send?.(costs)
process.once('disconnect', () => process.exit(0))

/** As Redis itself counts it, everything within the script included. */
async function usPerCall(call: (index: number) => Promise<unknown>): Promise<number> {
  await link.commands.call('CONFIG', 'RESETSTAT')
  for (let at = 0; at < CALLS; at += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => call(at + index)))
  const stats = await link.commands.info('commandstats')
  return Number(/cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(stats)?.[1] ?? NaN)
}

async function oneSample(requests: number): Promise<Sample> {
  const run = await new PretendedEngine(new ArrivalCounts(), tallies(requests)).prepare({
    runId: 'costs', spec: {} as never, seed: 0, threads: 1, share: [{ from: 0, to: 1 }],
    load: { model: 'open', profile: { startRate: 100, pieces: [{ durationMs: 1000, target: 100 }] }, warmupMs: 0, arrivals: 'uniform', maxConnections: 1, maxInFlight: 1 },
  })
  run.begin(Date.now() - 1000)
  for await (const made of run.samples()) return made
  throw new Error('no sample')
}
