import { CONNECTIONS, type Bench } from '../bench-context.ts'
import { noProbe } from '../measure.ts'
import { runOurs, type OurRun } from '../our-cli.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'
import { percentOff } from '../statistics.ts'
import { startRecordingTarget, type RecordingTarget } from '../targets/start-recording.ts'

const RATE = 1000
const FREEZE_MS = 500
/**
 * A freeze of 500 ms in every 5 s, seen by even arrivals: P(response > x) = 0.1 × (1 − x / 500 ms). Hence the truth,
 * but for the answer itself and for the draining of what was held.
 */
const TRUTH = { p95: 250, p99: 450, max: 500 }

/** The test that most generators fail: does a frozen target show in the response time? */
export async function stall(bench: Bench): Promise<Row[]> {
  bench.say('stall:')
  const target = await startRecordingTarget(bench.cores.server, FREEZE_MS)
  try {
    const rounds = await interleave([() => oneRun(bench, target)], { rounds: 1, say: bench.say })
    return [
      ...(['p95', 'p99', 'max'] as const).flatMap((stat) => [
        rowOf(`response time ${stat}, truth ${TRUTH[stat]} ms`, 'ms', null, rounds, ([run]) => run?.summary.responseTime[stat] ?? NaN),
        rowOf(`response time ${stat}: off the truth`, '%', 10, rounds, ([run]) => percentOff(run?.summary.responseTime[stat] ?? NaN, TRUTH[stat])),
      ]),
      rowOf('requests lost or dropped', '', 0, rounds, ([run]) => (run === undefined ? NaN : run.missing)),
      rowOf('service time p95, which hides the freeze', 'ms', null, rounds, ([run]) => run?.summary.serviceTime.p95 ?? NaN),
    ]
  } finally {
    await target.stop()
  }
}

async function oneRun(bench: Bench, target: RecordingTarget): Promise<OurRun<null> & { missing: number }> {
  const seconds = bench.options.quick ? 10 : 20
  const run = await runOurs(bench, target.url, ['-r', String(RATE), '-c', String(CONNECTIONS), '-d', `${seconds}s`], seconds, [target.pid], noProbe)
  const { count } = await target.take()
  return { ...run, missing: Math.abs(RATE * seconds - count) + run.summary.ledger.dropped + run.summary.ledger.failed }
}
