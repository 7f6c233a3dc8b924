import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { inRepository } from '../bench-context.ts'
import { chooseCores, describeMachine } from '../machine.ts'
import { failOver } from './fail-over.ts'
import { masterSilent, workerCutOff, workerKilled, workerSilent } from './lost-nodes.ts'
import { ordersObeyed } from './orders.ts'
import { redisOutage } from './outage.ts'
import { isKept, promiseLine, type Promised } from './promise.ts'

/**
 * `npm run bench:cluster [-- --rounds n] [--out file] [groups]`: the promises of the cluster, measured on real processes
 * of the built product from outside: by the clock of Redis and by what a target has recorded.
 */
const MEASURE: Record<string, (rounds: number) => Promise<Promised[]>> = {
  elected: (rounds) => failOver(rounds, 3, 10_000),
  raced: (rounds) => failOver(rounds, 0, 8000),
  killed: workerKilled,
  silent: workerSilent,
  'silent-master': masterSilent,
  cut: workerCutOff,
  outage: redisOutage,
  orders: ordersObeyed,
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options: { rounds: { type: 'string' }, out: { type: 'string' } } })
  const unknown = positionals.find((name) => MEASURE[name] === undefined)
  if (unknown !== undefined) throw new Error(`There is no group "${unknown}". Known: ${Object.keys(MEASURE).join(', ')}.`)
  const rounds = Number(values.rounds ?? '10')
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds wants a whole number from 1.')
  const promises: Promised[] = []
  for (const [name, measure] of Object.entries(MEASURE)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    say(`${name}:`)
    const found = await measure(rounds)
    for (const promised of found) say(`  ${promiseLine(promised)}`)
    promises.push(...found)
  }
  const path = values.out ?? inRepository(...(positionals.length === 0 ? ['docs'] : ['.bench']), 'benchmarks-cluster.md')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, markdownOf(promises, ['npm run bench:cluster --', ...argv].join(' ').replace(/ --$/, '')))
  say(`Written to ${relative(process.cwd(), path)}`)
  return promises.some((promised) => isKept(promised) === false) ? 1 : 0
}

function markdownOf(promises: readonly Promised[], command: string): string {
  const machine = describeMachine(chooseCores()).filter(([name]) => ['kernel', 'Node', 'stampede', 'nginx', 'load average', 'date'].includes(name))
  return [
    '# The promises of the cluster, measured',
    '',
    `Written by \`${command}\`. Do not edit: run it again.`,
    '',
    ...machine.map(([name, value]) => `- ${name}: ${value}`),
    '',
    'All processes, Redis and the target run on this one machine, each node with the default timings. Nothing is taken from',
    'the product\'s own word: instants are those of the target\'s log (nginx, to the millisecond) and of the clock of Redis (an',
    'epoch is the instant at which it began). A promise is kept when its greatest value is within its bound. What one master and',
    'one Redis spend on a thousand workers stands in [benchmarks-fleet.md](benchmarks-fleet.md).',
    '',
    '| promise | bound | p50 | p99 | max | n | |',
    '|---|---|---|---|---|---|---|',
    ...promises.map(promiseLine),
    '',
  ].join('\n')
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
