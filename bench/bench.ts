import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { inRepository, type Bench } from './bench-context.ts'
import { cpu } from './groups/cpu.ts'
import { fleet } from './groups/fleet.ts'
import { idle } from './groups/idle.ts'
import { lag } from './groups/lag.ts'
import { lanes } from './groups/lanes.ts'
import { memory } from './groups/memory.ts'
import { overhead } from './groups/overhead.ts'
import { pace } from './groups/pace.ts'
import { record } from './groups/record.ts'
import { stall } from './groups/stall.ts'
import { start } from './groups/start.ts'
import { chooseCores, describeMachine, idleNoise } from './machine.ts'
import { formatNoise } from './noise.ts'
import { HELP, isComplete, parseOptions, type GroupName, type Options } from './options.ts'
import { haveNeeded } from './peers/programs.ts'
import { markdownOf, rowLine, type GroupResult } from './report.ts'
import { emptyRow, outcomeOf, type Outcome, type Row } from './row.ts'
import { endAllAtExit } from './started.ts'
import { startNginx } from './targets/nginx.ts'

/** `npm run bench`: measures what the goals speak of, side by side with the peers, and writes the table. */
const MEASURE: Record<GroupName, (bench: Bench) => Promise<Row[]>> = { cpu, pace, start, idle, record, lag, stall, memory, overhead, fleet, lanes }

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(argv: string[]): Promise<number> {
  const { help, ...options } = parseOptions(argv)
  if (help) {
    say(HELP)
    return 0
  }
  if (process.platform !== 'linux') throw new Error('The benchmarks read /proc and pin to cores: they need Linux.')
  haveNeeded(options.peers, say)
  endAllAtExit()
  const results = await measureAll(options)
  write(options, results)
  return 0
}

async function measureAll(options: Options): Promise<GroupResult[]> {
  mkdirSync(inRepository('.bench'), { recursive: true })
  const folder = mkdtempSync(inRepository('.bench', 'run-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const noise = await idleNoise()
  say(`At rest: ${formatNoise(noise)}${noise.loud ? '. This machine is busy: figures will be poor.' : ''}`)
  const cores = chooseCores()
  const nginx = await startNginx(cores.server, folder)
  const bench: Bench = { options, cores, nginx, folder, say }
  const results: GroupResult[] = []
  try {
    for (const group of options.groups) results.push(await measureGroup(bench, group))
    return results
  } finally {
    await nginx.stop()
  }
}

/** A group that fails is a row that says why: the others still count. */
async function measureGroup(bench: Bench, group: GroupName): Promise<GroupResult> {
  const rows = await MEASURE[group](bench).catch((error: unknown) => [emptyRow(group, '', null, error instanceof Error ? error.message : String(error))])
  for (const row of rows) say(rowLine(row))
  return { group, rows }
}

function write(options: Options, results: GroupResult[]): void {
  const path = options.out ?? inRepository(...(isComplete(options) ? ['docs'] : ['.bench']), 'benchmarks.md')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, markdownOf(results, describeMachine(chooseCores()), ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '')))
  const outcomes = results.flatMap(({ rows }) => rows.map(outcomeOf))
  const count = (outcome: Outcome): number => outcomes.filter((found) => found === outcome).length
  say(`${count('met')} goals met, ${count('not met')} not met, ${count('not measured')} not measured. Written to ${relative(process.cwd(), path)}`)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
