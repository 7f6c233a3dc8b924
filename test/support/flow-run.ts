import { createEngine } from '../../src/main/engine/engine.ts'
import type { LaneChoice } from '../../src/main/engine/plan.ts'
import { RunAggregate } from '../../src/shared/results/aggregate.ts'
import { steadyNow } from '../../src/shared/clock.ts'
import type { Sample } from '../../src/shared/results/sample.ts'
import { requireTaskSpec } from '../../src/shared/task/task-schema.ts'
import { taskLoad } from '../../src/shared/task/task-load.ts'
import { certificates } from './certificates.ts'

const engine = createEngine({
  thread: new URL('../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../src/main/engine/ticker-thread.ts', import.meta.url),
})

/** Runs a task through the whole engine, threads and all, and merges what it measured as a master does. @param stopAtMs ends it before its time. */
export async function runFlow(task: Record<string, unknown>, { threads = 1, stop }: { threads?: number; stop?: { atMs: number; graceMs: number } } = {}): Promise<{ aggregate: RunAggregate; lane: LaneChoice; samples: Sample[] }> {
  const secure = JSON.stringify(task).includes('"https://')
  const spec = requireTaskSpec({ ...task, transport: { ...(secure ? { cacert: certificates().ca } : {}), ...(task['transport'] as object | undefined) } })
  const { load } = taskLoad(spec)
  const run = await engine.prepare({ runId: 'run', spec, load, share: [{ from: 0, to: 1 }], threads, seed: 1 })
  const aggregate = new RunAggregate(spec, load)
  run.begin(steadyNow())
  if (stop !== undefined) run.stop(stop.atMs, stop.graceMs)
  const samples: Sample[] = []
  for await (const sample of run.samples()) {
    samples.push(sample)
    aggregate.add('node', sample)
    aggregate.closeSecond(sample.second)
  }
  if (stop !== undefined) aggregate.stop(stop.atMs)
  aggregate.end(samples.length * 1000)
  return { aggregate, lane: run.lane, samples }
}
