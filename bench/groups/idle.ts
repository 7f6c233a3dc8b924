import { inRepository, type Bench } from '../bench-context.ts'
import { measure, noProbe, type Measured } from '../measure.ts'
import { openFiles } from '../proc.ts'
import { interleave } from '../rounds.ts'
import { emptyRow, rowOf, type Row } from '../row.ts'
import { startRecordingTarget } from '../targets/start-recording.ts'

const GOAL_KB = 6
const FEW = 1000
const MANY = 5000
/** Files that a process has open besides its connections. */
const OTHER_FILES = 100

/** Memory per kept connection that has had one answer and waits, in the engine's own lane. */
export async function idle(bench: Bench): Promise<Row[]> {
  if (openFiles() < MANY + OTHER_FILES) return [emptyRow(`idle connection, of ${MANY}`, 'KB', GOAL_KB, `only ${openFiles()} open files allowed (ulimit -n)`)]
  bench.say('idle:')
  const target = await startRecordingTarget(bench.cores.server)
  try {
    const size = (connections: number) => (): Promise<Idle> => idleMemory(bench, target.url, target.pid, connections)
    const rounds = await interleave([size(FEW), size(MANY)], { rounds: bench.options.quick ? 1 : 3, say: bench.say })
    const perConnection = (run: Idle | undefined): number => (run === undefined ? NaN : run.addedKb / run.connections)
    return [
      rowOf(`idle connection, of ${FEW.toLocaleString('en')}`, 'KB', GOAL_KB, rounds, ([few]) => perConnection(few)),
      rowOf(`idle connection, of ${MANY.toLocaleString('en')}`, 'KB', GOAL_KB, rounds, ([, many]) => perConnection(many)),
      rowOf('each further connection between the two', 'KB', null, rounds, ([few, many]) => (few && many ? (many.addedKb - few.addedKb) / (MANY - FEW) : NaN)),
    ]
  } finally {
    await target.stop()
  }
}

interface Idle extends Measured<null> {
  connections: number
  addedKb: number
}

async function idleMemory(bench: Bench, url: string, targetPid: number, connections: number): Promise<Idle> {
  const argv = [process.execPath, '--expose-gc', inRepository('bench', 'engine', 'idle-connections.ts'), url, String(connections)]
  const measured = await measure({ argv, core: bench.cores.client, servers: [targetPid], limitSeconds: 60, probe: noProbe })
  if (measured.code !== 0) throw new Error(measured.stderr.slice(-400))
  return { ...measured, ...(JSON.parse(measured.stdout) as { connections: number; addedKb: number }) }
}
