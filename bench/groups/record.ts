import { inRepository, type Bench } from '../bench-context.ts'
import { measure, noProbe, type Measured } from '../measure.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'

/** What comes with each response: recording it into three histograms, and judging it by its status and a value in a JSON body of 1 KB. */
export async function record(bench: Bench): Promise<Row[]> {
  bench.say('record:')
  const rounds = { rounds: bench.options.quick ? 1 : 5, say: bench.say }
  const recorded = await interleave([() => figures<number>(bench, 'recording.ts')], rounds)
  const checked = await interleave([() => figures<{ checkUs: number; parseUs: number }>(bench, 'checking.ts')], rounds)
  return [
    rowOf('recording into three histograms', 'ns', 20, recorded, ([run]) => run?.figures ?? NaN),
    rowOf('check of the status and one JSON path, body of 1 KB', 'µs', 5, checked, ([run]) => run?.figures.checkUs ?? NaN),
    rowOf('JSON.parse alone of the same body', 'µs', null, checked, ([run]) => run?.figures.parseUs ?? NaN),
  ]
}

async function figures<T>(bench: Bench, script: string): Promise<Measured<null> & { figures: T }> {
  const argv = [process.execPath, inRepository('bench', 'engine', script)]
  const measured = await measure({ argv, core: bench.cores.client, servers: [], limitSeconds: 30, probe: noProbe })
  if (measured.code !== 0) throw new Error(measured.stderr.slice(-400))
  return { ...measured, figures: JSON.parse(measured.stdout) as T }
}
