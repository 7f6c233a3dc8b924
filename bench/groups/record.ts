import { inRepository, type Bench } from '../bench-context.ts'
import { measure, noProbe, type Measured } from '../measure.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'

/** Recording one request into three histograms: response time, service time, schedule lag. */
export async function record(bench: Bench): Promise<Row[]> {
  bench.say('record:')
  const rounds = await interleave([() => recording(bench)], { rounds: bench.options.quick ? 1 : 5, say: bench.say })
  return [rowOf('recording into three histograms', 'ns', 20, rounds, ([run]) => run?.ns ?? NaN)]
}

async function recording(bench: Bench): Promise<Measured<null> & { ns: number }> {
  const argv = [process.execPath, inRepository('bench', 'engine', 'recording.ts')]
  const measured = await measure({ argv, core: bench.cores.client, servers: [], limitSeconds: 30, probe: noProbe })
  if (measured.code !== 0) throw new Error(measured.stderr.slice(-400))
  return { ...measured, ns: Number(measured.stdout) }
}
