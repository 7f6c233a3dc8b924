import { createEngine } from '../../src/main/engine/engine.ts'
import type { LaneChoice } from '../../src/main/engine/plan.ts'
import { compileLoad } from '../../src/shared/load.ts'
import type { Sample } from '../../src/shared/sample.ts'
import { requireTaskSpec } from '../../src/shared/task-schema.ts'
import type { AuthSpec, LoadSpec, RequestSpec, TransportSpec } from '../../src/shared/task.ts'
import { certificates } from './certificates.ts'

const engine = createEngine({
  thread: new URL('../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../src/main/engine/ticker-thread.ts', import.meta.url),
})

export interface Job {
  load: LoadSpec
  request?: Partial<RequestSpec>
  transport?: Partial<TransportSpec>
  checks?: string[]
  threads?: number
  vars?: Record<string, string>
  env?: Record<string, string>
  auth?: AuthSpec
}

export interface Counts {
  lane: LaneChoice
  planned: number
  completed: number
  failed: number
  requests: number
  statuses: Record<string, number>
  errors: string[]
  /** Most that were open at the end of a second. */
  connections: number
}

/** Runs a task through the whole engine, threads and all, to its end. The certificates of the tests are trusted. */
export async function runTask(url: string, { load, request, transport, checks, threads, vars, env, auth }: Job): Promise<Counts> {
  const spec = requireTaskSpec({ load, request: { url, ...request }, transport: { ...(/^(https|wss|tls):/.test(url) ? { cacert: certificates().ca } : {}), ...transport }, checks: checks ?? [], ...(vars === undefined ? {} : { vars }), ...(env === undefined ? {} : { env }), ...(auth === undefined ? {} : { auth }) })
  const run = await engine.prepare({ runId: 'run', spec, load: compileLoad(spec.load), share: [{ from: 0, to: 1 }], threads: threads ?? 1, seed: 1 })
  run.begin(Date.now())
  const counts: Counts = { lane: run.lane, planned: 0, completed: 0, failed: 0, requests: 0, statuses: {}, errors: [], connections: 0 }
  for await (const sample of run.samples()) add(counts, sample)
  return counts
}

function add(counts: Counts, { tally, connections }: Sample): void {
  for (const name of ['planned', 'completed', 'failed', 'requests'] as const) counts[name] += tally[name]
  for (const [status, count] of Object.entries(tally.statuses)) counts.statuses[status] = (counts.statuses[status] ?? 0) + count
  counts.errors.push(...tally.errors.map(({ kind, message }) => `${kind}: ${message}`))
  counts.connections = Math.max(counts.connections, connections)
}
