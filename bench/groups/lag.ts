import type { Bench } from '../bench-context.ts'
import { runOurs, type OurRun } from '../our-cli.ts'
import { steadyBetween, type Steady } from '../probes.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'

/** Seconds after the first request until code is compiled. */
const SETTLED = 2

/** Actual send minus intended instant, and what that punctuality costs, at rates where the cost is one of waking up. */
export async function lag(bench: Bench): Promise<Row[]> {
  const fast = await atRate(bench, 1000)
  const slow = await atRate(bench, 100)
  return [
    rowOf('1,000/s: schedule lag p50', 'ms', 0.1, fast, ([run]) => run?.summary.scheduleLag.p50 ?? NaN),
    rowOf('1,000/s: schedule lag p99', 'ms', 1, fast, ([run]) => run?.summary.scheduleLag.p99 ?? NaN),
    rowOf('1,000/s: CPU of a core, start-up excluded', '%', 15, fast, ([run]) => steadyPercent(run)),
    rowOf('1,000/s: CPU of a core, whole run', '%', null, fast, ([run]) => wholePercent(run)),
    rowOf('100/s: schedule lag p50', 'ms', null, slow, ([run]) => run?.summary.scheduleLag.p50 ?? NaN),
    rowOf('100/s: schedule lag p99', 'ms', null, slow, ([run]) => run?.summary.scheduleLag.p99 ?? NaN),
    rowOf('100/s: CPU of a core, start-up excluded', '%', 6, slow, ([run]) => steadyPercent(run)),
    rowOf('100/s: CPU of a core, whole run', '%', null, slow, ([run]) => wholePercent(run)),
  ]
}

function atRate(bench: Bench, rate: number): ReturnType<typeof interleave<OurRun<Steady>>> {
  const seconds = bench.options.quick ? 4 : 10
  bench.say(`lag, ${rate}/s:`)
  const run = (): Promise<OurRun<Steady>> => runOurs(bench, `${bench.nginx.url}/`, ['-r', String(rate), '-d', `${seconds}s`], seconds, bench.nginx.pids, steadyBetween(SETTLED, seconds - 0.2, bench.nginx.requests))
  return interleave([run], { rounds: bench.options.quick ? 1 : 3, say: bench.say })
}

function steadyPercent(run: OurRun<Steady> | undefined): number {
  return run?.probed ? (run.probed.cpuSeconds / run.probed.seconds) * 100 : NaN
}

function wholePercent(run: OurRun<Steady> | undefined): number {
  return run === undefined ? NaN : (run.cpuSeconds / run.wallSeconds) * 100
}
