import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { CONNECTIONS, type Bench } from '../bench-context.ts'
import { measure, noProbe, type Measured } from '../measure.ts'
import { ourCommand, runOurs } from '../our-cli.ts'
import { interleave } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'
import { startRecordingTarget, type RecordingTarget } from '../targets/start-recording.ts'

const LAUNCHES = 7

/** From the launch to the arrival of the first request at the target, and the greatest memory of a run without a window. */
export async function start(bench: Bench): Promise<Row[]> {
  const target = await startRecordingTarget(bench.cores.server)
  try {
    return [...(await launches(bench, target)), await memoryFlatOut(bench)]
  } finally {
    await target.stop()
  }
}

async function launches(bench: Bench, target: RecordingTarget): Promise<Row[]> {
  bench.say('start:')
  // Node keeps compiled code between launches; the very first one has none.
  await launch(bench, target, {})
  const fresh = (): NodeJS.ProcessEnv => ({ NODE_COMPILE_CACHE: mkdtempSync(join(bench.folder, 'compile-cache-')) })
  const rounds = await interleave([() => launch(bench, target, {}), () => launch(bench, target, fresh())], { rounds: bench.options.quick ? 2 : LAUNCHES, say: bench.say })
  return [
    rowOf('launch to first request', 'ms', 250, rounds, ([run]) => run?.firstMs ?? NaN),
    rowOf('the same, very first launch after an installation', 'ms', null, rounds, ([, run]) => run?.firstMs ?? NaN),
    rowOf('peak RSS of a run at 1,000/s', 'MB', 110, rounds, ([run]) => run?.peakMb ?? NaN),
  ]
}

async function launch(bench: Bench, target: RecordingTarget, env: NodeJS.ProcessEnv): Promise<Measured<null> & { firstMs: number }> {
  const argv = ourCommand(bench, target.url, ['-r', '1000', '-d', '2s'])
  const measured = await measure({ argv, env, core: bench.cores.client, servers: [target.pid], limitSeconds: 30, probe: noProbe })
  const { arrivals } = await target.take()
  return { ...measured, firstMs: (arrivals[0] ?? NaN) - measured.launchedAt }
}

async function memoryFlatOut(bench: Bench): Promise<Row> {
  const seconds = bench.options.quick ? 3 : 10
  const run = (): Promise<Measured<null>> => runOurs(bench, `${bench.nginx.url}/`, ['-c', String(CONNECTIONS), '-d', `${seconds}s`], seconds, bench.nginx.pids, noProbe)
  const rounds = await interleave([run], { rounds: bench.options.quick ? 1 : 3, say: bench.say })
  return rowOf(`peak RSS of a run with ${CONNECTIONS} connections flat out`, 'MB', 110, rounds, ([measured]) => measured?.peakMb ?? NaN)
}
