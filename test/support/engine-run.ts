import { createEngine } from '../../src/main/engine/engine.ts'
import type { LaneChoice } from '../../src/main/engine/plan.ts'
import { compileLoad } from '../../src/shared/task/load.ts'
import type { Sample } from '../../src/shared/results/sample.ts'
import { requireTaskSpec } from '../../src/shared/task/task-schema.ts'
import { Histogram } from '../../src/shared/results/histogram.ts'
import type { AuthSpec, DataSpec, LoadSpec, RequestSpec, TransportSpec } from '../../src/shared/task/task.ts'
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
  data?: Record<string, Partial<DataSpec>>
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
  /** Of streamed answers: pieces, first ones, and the times between two. */
  stream: { chunks: number; first: number; gaps: number; medianGapMs: number | null }
}

/** Runs a task through the whole engine, threads and all, to its end. The certificates of the tests are trusted. */
export async function runTask(url: string, { load, request, transport, checks, threads, vars, env, auth, data }: Job): Promise<Counts> {
  const spec = requireTaskSpec({ load, request: { url, ...request }, transport: { ...(/^(https|wss|tls|grpcs):/.test(url) ? { cacert: certificates().ca } : {}), ...transport }, checks: checks ?? [], ...(vars === undefined ? {} : { vars }), ...(env === undefined ? {} : { env }), ...(auth === undefined ? {} : { auth }), ...(data === undefined ? {} : { data }) })
  const run = await engine.prepare({ runId: 'run', spec, load: compileLoad(spec.load), share: [{ from: 0, to: 1 }], threads: threads ?? 1, seed: 1 })
  run.begin(Date.now())
  const counts: Counts = { lane: run.lane, planned: 0, completed: 0, failed: 0, requests: 0, statuses: {}, errors: [], connections: 0, stream: { chunks: 0, first: 0, gaps: 0, medianGapMs: null } }
  const pieces = { first: new Histogram(), gap: new Histogram() }
  for await (const sample of run.samples()) {
    add(counts, sample)
    addStream(counts, sample, pieces)
  }
  return counts
}

function addStream({ stream }: Counts, { tally }: Sample, pieces: { first: Histogram; gap: Histogram }): void {
  if (tally.stream === undefined) return
  stream.chunks += tally.stream.chunks
  pieces.first.mergeEncoded(tally.stream.firstChunk)
  pieces.gap.mergeEncoded(tally.stream.gap)
  stream.first = pieces.first.count
  stream.gaps = pieces.gap.count
  const median = pieces.gap.percentile(50)
  stream.medianGapMs = median === null ? null : median / 1000
}

function add(counts: Counts, { tally, connections }: Sample): void {
  for (const name of ['planned', 'completed', 'failed', 'requests'] as const) counts[name] += tally[name]
  for (const [status, count] of Object.entries(tally.statuses)) counts.statuses[status] = (counts.statuses[status] ?? 0) + count
  for (const { kind, message } of tally.errors) if (!counts.errors.includes(`${kind}: ${message}`)) counts.errors.push(`${kind}: ${message}`)
  counts.connections = Math.max(counts.connections, connections)
}
