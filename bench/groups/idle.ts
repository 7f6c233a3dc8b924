import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inRepository, type Bench } from '../bench-context.ts'
import { measure, noProbe, type Measured } from '../measure.ts'
import { openFiles } from '../proc.ts'
import { interleave } from '../rounds.ts'
import { emptyRow, rowOf, type Row } from '../row.ts'
import { end, startOn } from '../started.ts'
import { startRecordingTarget } from '../targets/start-recording.ts'

const GOAL_KB = 6
const FEW = 1000
const MANY = 5000
/** Files that a process has open besides its connections. */
const OTHER_FILES = 100

/** Open connections that are measured; what 100,000 of them would take follows from it. */
const HELD = 15_000
const MESSAGE = 'are you there?'

/** Memory per kept connection that has had one answer and waits, in the engine's own lanes. */
export async function idle(bench: Bench): Promise<Row[]> {
  return [...(await kept(bench)), ...(await held(bench, 'WebSocket', 'ws', 'ws-echo.ts')), ...(await held(bench, 'TCP connection', 'tcp', 'tcp-echo.ts'))]
}

/** Open WebSockets and TCP connections, each after one echo. */
async function held(bench: Bench, what: string, scheme: string, target: string): Promise<Row[]> {
  const name = `idle ${what}, of ${HELD.toLocaleString('en')}`
  if (openFiles() < HELD + OTHER_FILES) return [emptyRow(name, 'KB', null, `only ${openFiles()} open files allowed (ulimit -n)`)]
  bench.say(`idle ${what}s:`)
  const rounds = await interleave([() => heldMemory(bench, scheme, target)], { rounds: bench.options.quick ? 1 : 3, say: bench.say })
  const perConnection = (run: Idle | undefined): number => (run === undefined ? NaN : run.addedKb / run.connections)
  return [
    rowOf(name, 'KB', null, rounds, ([run]) => perConnection(run)),
    rowOf(`100,000 of them, on paper: ${what}s`, 'MB', null, rounds, ([run]) => (perConnection(run) * 100_000) / 1024),
  ]
}

/** A server for each round: the client's end keeps its ports in TIME_WAIT, which counts for one port of a server only. */
async function heldMemory(bench: Bench, scheme: string, target: string): Promise<Idle> {
  const server = startOn(bench.cores.server, [process.execPath, inRepository('bench', 'targets', target)], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(createInterface(server.stdout!), 'line')) as [string]
    return await idleMemory(bench, `${scheme}://127.0.0.1:${port}`, server.pid ?? 0, HELD, { SEND: MESSAGE })
  } finally {
    await end(server)
  }
}

async function kept(bench: Bench): Promise<Row[]> {
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

async function idleMemory(bench: Bench, url: string, targetPid: number, connections: number, env: Record<string, string> = {}): Promise<Idle> {
  const argv = [process.execPath, '--expose-gc', inRepository('bench', 'engine', 'idle-connections.ts'), url, String(connections)]
  const measured = await measure({ argv, core: bench.cores.client, servers: [targetPid], limitSeconds: 60, probe: noProbe, env })
  if (measured.code !== 0) throw new Error(measured.stderr.slice(-400))
  return { ...measured, ...(JSON.parse(measured.stdout) as { connections: number; addedKb: number }) }
}
