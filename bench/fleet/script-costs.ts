/** What one heartbeat and one report cost Redis: `node script-costs.ts <redis>`, beside whatever the fleet has left there. */
import type { NodeInfo } from '../../src/shared/cluster.ts'
import type { Sample } from '../../src/shared/sample.ts'
import { joinFleet } from './fleet-node.ts'
import { SimulatedEngine } from './simulated-engine.ts'
import { ArrivalCounts } from './arrival-counts.ts'

const ROUNDS = 5
const CALLS = 4000
const AT_ONCE = 50

export interface ScriptCosts {
  heartbeatUs: number[]
  reportUs: number[]
}

const [address = ''] = process.argv.slice(2)
const joined = await joinFleet(address)
const { cluster, link } = joined
const nodes = await cluster.nodes()
const sample = await oneSample()
let [beat, seq] = [1_000_000, 0]

const heartbeat = async (index: number): Promise<unknown> => cluster.heartbeat({ ...(nodes[index % nodes.length] as NodeInfo), beat: (beat += 1) }, { epoch: 0, revision: 0 })
const report = async (index: number): Promise<unknown> => {
  if (index % 200 === 0) seq += 1
  return cluster.report({ runId: 'costs', nodeId: `n${index % 200}`, boot: 'boot', ringFrom: seq, entries: [{ seq, sample: { ...sample, runId: 'costs' } }] })
}

const costs: ScriptCosts = { heartbeatUs: [], reportUs: [] }
for (let round = 0; round < ROUNDS; round += 1) {
  costs.heartbeatUs.push(await usPerCall(heartbeat))
  costs.reportUs.push(await usPerCall(report))
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

async function oneSample(): Promise<Sample> {
  const run = await new SimulatedEngine(new ArrivalCounts()).prepare({
    runId: 'costs', spec: {} as never, seed: 0, threads: 1, share: [{ from: 0, to: 1 }],
    load: { model: 'open', profile: { startRate: 100, pieces: [{ durationMs: 1000, target: 100 }] }, warmupMs: 0, arrivals: 'uniform', maxConnections: 1, maxInFlight: 1 },
  })
  run.begin(Date.now() - 1000)
  for await (const made of run.samples()) return made
  throw new Error('no sample')
}
