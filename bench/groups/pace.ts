import { punctualityOf, type Punctuality } from '../arrivals.ts'
import type { Bench } from '../bench-context.ts'
import { noProbe, type Measured } from '../measure.ts'
import { runOurs } from '../our-cli.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'
import { startRecordingTarget, type RecordingTarget } from '../targets/start-recording.ts'

const RATES = [1000, 5000, 20_000]

/** How well a constant rate is held, by what the target wrote down: in all, in the worst second, and from 10 ms to 10 ms. */
export async function pace(bench: Bench): Promise<Row[]> {
  const target = await startRecordingTarget(bench.cores.server)
  try {
    const rows: Row[] = []
    for (const rate of RATES) rows.push(...(await atRate(bench, target, rate)))
    return rows
  } finally {
    await target.stop()
  }
}

async function atRate(bench: Bench, target: RecordingTarget, rate: number): Promise<Row[]> {
  const seconds = bench.options.quick ? 4 : 10
  bench.say(`pace, ${rate}/s:`)
  const rounds = await interleave([() => oneRun(bench, target, rate, seconds)], { rounds: bench.options.quick ? 1 : 3, say: bench.say })
  const name = `${rate.toLocaleString('en')}/s`
  const rows = [
    rowOf(`${name}: total off the target`, '%', 0.1, rounds, ([run]) => run?.totalOff ?? NaN),
    rowOf(`${name}: worst second off, the first included`, '%', 0.3, rounds, ([run]) => run?.worstSecondOff ?? NaN),
  ]
  if (rate !== 1000) return rows
  return [
    ...rows,
    rowOf(`${name}: CV of arrivals per 10 ms`, '', 0.06, rounds, ([run]) => run?.cv ?? NaN),
    rowOf(`${name}: the same, averaged over bucket borders`, '', 0.06, rounds, ([run]) => run?.cvAnyBorder ?? NaN),
  ]
}

async function oneRun(bench: Bench, target: RecordingTarget, rate: number, seconds: number): Promise<Punctuality & Pick<Measured<null>, 'noise'>> {
  const { noise, summary } = await runOurs(bench, target.url, ['-r', String(rate), '-d', `${seconds}s`], seconds, [target.pid], noProbe)
  const { arrivals, count } = await target.take()
  if (summary.requests.sent !== count) throw new Error(`we tell ${summary.requests.sent} requests, the target saw ${count}`)
  const found = punctualityOf(arrivals, rate, seconds)
  bench.say(`  off ${found.totalOff.toFixed(3)} %, worst second ${found.worstSecondOff.toFixed(2)} %, CV ${found.cv.toFixed(3)} (any border ${found.cvAnyBorder.toFixed(3)})`)
  return { ...found, noise }
}
