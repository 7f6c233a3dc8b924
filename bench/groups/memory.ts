import type { Bench } from '../bench-context.ts'
import { runOurs, type OurRun } from '../our-cli.ts'
import { memoryEachSecond } from '../probes.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'
import { median } from '../statistics.ts'

const RATE = 5000
/** Greatest memory of any run without a window. */
const GOAL_MB = 110
/** A garbage collector breathes: what counts is the median over this many seconds. */
const WINDOW = 10

/** Does a run grow with its length? Ten minutes with --long; else one, which can only tell a fast leak. */
export async function memory(bench: Bench): Promise<Row[]> {
  const { quick, long } = bench.options
  const [seconds, settled] = quick ? [24, 8] : long ? [600, 60] : [60, 20]
  bench.say(`memory, ${seconds} s at ${RATE}/s:`)
  const run = (): Promise<OurRun<number[]>> => runOurs(bench, `${bench.nginx.url}/`, ['-r', String(RATE), '-d', `${seconds}s`], seconds, bench.nginx.pids, memoryEachSecond)
  const rounds = await interleave([run], { rounds: 1, most: 1, say: bench.say })
  const note = long ? '' : `${seconds} s only; --long runs 10 minutes`
  return [
    rowOf(`${RATE.toLocaleString('en')}/s for ${seconds} s: growth of RSS after ${settled} s`, 'MB', 5, rounds, ([ours]) => growth(ours?.probed ?? [], settled), note),
    rowOf(`${RATE.toLocaleString('en')}/s for ${seconds} s: peak RSS`, 'MB', GOAL_MB, rounds, ([ours]) => ours?.peakMb ?? NaN),
  ]
}

/** @param eachSecond MB. Last seconds against those after `settled`, as medians; may be negative. */
export function growth(eachSecond: readonly number[], settled: number): number {
  return median(eachSecond.slice(-WINDOW)) - median(eachSecond.slice(settled, settled + WINDOW))
}
