import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { inRepository, type Bench } from '../bench-context.ts'
import type { MasterFigures } from '../fleet/master.ts'
import type { ScriptCosts } from '../fleet/script-costs.ts'
import { processCpu } from '../proc.ts'
import { plainRow, type Row } from '../row.ts'
import { end, startOn } from '../started.ts'
import { startRedisOn } from '../targets/redis.ts'

/** Goals of the cluster: what one master and one Redis spend on a thousand workers that report each second. */
const GOALS = { masterPercent: 60, redisPercent: 20, scriptUs: 20 }
const PROCESSES = 2
const SETTLE_SECONDS = 15
/** So many whole nodes are all that one core can pretend; of more only what they say is pretended. */
const MOST_WHOLE = 1000

interface Fleet {
  workers: number
  /** Nodes that share two connections; in the product each has its own. */
  perLink: number
  goals: boolean
}

/** A simulated fleet through the product's own adapters and drivers; only the engines are made up. */
export async function fleet(bench: Bench): Promise<Row[]> {
  const sizes = bench.options.quick ? [Number(process.env['STAMPEDE_FLEET'] ?? 200)] : [1000, 5000]
  const rows: Row[] = []
  for (const workers of sizes) rows.push(...(await measureFleet(bench, { workers, perLink: workers > MOST_WHOLE ? 10 : 1, goals: workers === 1000 })))
  return rows
}

interface Second {
  master: MasterFigures
  redisSeconds: number
}

async function measureFleet(bench: Bench, { workers, perLink, goals }: Fleet): Promise<Row[]> {
  bench.say(`fleet of ${workers}:`)
  const redis = await startRedisOn(bench.cores.server, bench.folder)
  const children: ChildProcess[] = []
  const started = (core: number, script: string, ...args: string[]): ChildProcess => {
    const child = startOn(core, [process.execPath, ...profiling(), inRepository('bench', 'fleet', script), redis.url, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    children.push(child)
    return child
  }
  try {
    const each = workers / PROCESSES
    const members = Array.from({ length: PROCESSES }, (_, index) => started(bench.cores.server, workers > MOST_WHOLE ? 'light-workers.ts' : 'workers.ts', String(index * each), String(each), String(perLink)))
    await Promise.all(members.map((child) => once(child, 'message')))
    const master = started(bench.cores.client, 'master.ts', String(workers))
    await once(master, 'message')
    await sleep(SETTLE_SECONDS * 1000)
    const windows = await windowsOf(master, redis.pid, bench.options.quick ? 5 : 20)
    await Promise.all(children.splice(0).map((child) => end(child)))
    const costs = goals ? await scriptCosts(bench, redis.url) : null
    return rowsOf(workers, windows, goals, costs)
  } finally {
    await Promise.all(children.map((child) => end(child)))
    await redis.stop()
  }
}

/** One figure for each of so many stretches of a second. */
async function windowsOf(master: ChildProcess, redisPid: number, seconds: number): Promise<Second[]> {
  const windows: Second[] = []
  await ask(master)
  let redisBefore = processCpu(redisPid)
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1000)
    const figures = await ask(master)
    const redisNow = processCpu(redisPid)
    windows.push({ master: figures, redisSeconds: redisNow - redisBefore })
    redisBefore = redisNow
  }
  return windows
}

async function ask(master: ChildProcess): Promise<MasterFigures> {
  const answer = once(master, 'message')
  master.send('measure')
  return ((await answer) as [MasterFigures])[0]
}

async function scriptCosts(bench: Bench, url: string): Promise<ScriptCosts> {
  const child = startOn(bench.cores.client, [process.execPath, inRepository('bench', 'fleet', 'script-costs.ts'), url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [costs] = (await once(child, 'message')) as [ScriptCosts]
  await end(child)
  return costs
}

function rowsOf(workers: number, windows: Second[], goals: boolean, costs: ScriptCosts | null): Row[] {
  const what = `${workers.toLocaleString('en')} workers`
  const goal = (value: number): number | null => (goals ? value : null)
  const percent = (of: (window: Second) => number): number[] => windows.map((window) => (100 * of(window)) / window.master.wallSeconds)
  const shown = windows.flatMap(({ master }) => master.shownAfterMs)
  const { totals } = windows.at(-1)?.master as MasterFigures
  const said = `${windows.reduce((all, { master }) => all + master.points, 0)} seconds shown in ${windows.length} s; ${totals.planned - totals.started - totals.dropped} arrivals unaccounted for${workers > MOST_WHOLE ? '; workers reduced to what they say' : ''}`
  return [
    plainRow(`${what}: master`, '% of a core', goal(GOALS.masterPercent), percent(({ master }) => master.cpuSeconds), said),
    plainRow(`${what}: Redis`, '% of a core', goal(GOALS.redisPercent), percent(({ redisSeconds }) => redisSeconds)),
    plainRow(`${what}: memory of the master`, 'MB', null, windows.map(({ master }) => master.memoryMb)),
    plainRow(`${what}: from the end of a second to its being shown`, 'ms', null, shown),
    ...(costs === null ? [] : [
      plainRow('one heartbeat', 'µs of Redis', GOALS.scriptUs, costs.heartbeatUs),
      plainRow('one report', 'µs of Redis', GOALS.scriptUs, costs.reportUs),
      plainRow('one report of a worker that sends 1,000/s', 'µs of Redis', null, costs.busyReportUs),
    ]),
  ]
}

/** For whoever looks for what is slow: STAMPEDE_FLEET_PROFILE=folder is where the processes leave their CPU profiles (STAMPEDE_FLEET=1000 with --quick: of so many). */
function profiling(): string[] {
  const folder = process.env['STAMPEDE_FLEET_PROFILE']
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`]
}
