import type { Bench } from '../bench-context.ts'
import { measure, type Measured } from '../measure.ts'
import { autocannon, namedPeers, otherPeers, ours, wrk, type Contestant } from '../peers/contestants.ts'
import { haveAutocannon } from '../peers/programs.ts'
import { recordedTimesWrk } from '../peers/recorded.ts'
import { steadyBetween, type Steady } from '../probes.ts'
import { interleave, type Rounds } from '../rounds.ts'
import { rowOf, type Row } from '../row.ts'

/**
 * Client CPU per request that the target has answered, HTTP/1.1, 50 kept connections, one engine thread. Twice: the
 * whole process with its start-up, as it is fair to wrk, which has none to speak of; and a stretch without it, which
 * is what a longer run costs.
 */
export async function cpu(bench: Bench): Promise<Row[]> {
  const peer = haveAutocannon(bench.say)
  if (peer === null) bench.say('autocannon is not to be had here (npm registry out of reach): its rows show recorded figures')
  const named = [wrk(bench), ...(peer === null ? [] : [autocannon(bench, peer.script)])]
  const rows: Row[] = []
  for (const target of TARGETS) {
    bench.say(`cpu, ${target.name}:`)
    rows.push(...(await compare(bench, target, [ours(bench), ...named])))
  }
  return [...rows, ...(await others(bench, rows))]
}

interface Target {
  name: string
  url(bench: Bench): string
  post: boolean
  /** Our CPU over that of wrk. */
  goal: number
}

const TARGETS: Target[] = [
  { name: '100 B body', url: ({ nginx }) => `${nginx.url}/`, post: false, goal: 1.1 },
  { name: '10 KB body', url: ({ nginx }) => `${nginx.url}/10k`, post: false, goal: 1.1 },
  { name: '1 KB POST', url: ({ nginx }) => `${nginx.url}/`, post: true, goal: 1.1 },
  { name: 'TLS', url: ({ nginx }) => `${nginx.tlsUrl}/`, post: false, goal: 1.15 },
]
const SMALL = TARGETS[0]!

/** Seconds after the first request until the code that matters is compiled by the last stage. */
const SETTLED = 3.5

/** Our CPU over that of a peer, small body. */
const GOALS: Record<string, number> = { autocannon: 0.55, 'go-stress-testing': 0.4, k6: 0.15 }

/** What one contestant did in one round. */
interface Loop extends Measured<Steady> {
  served: number
}

async function compare(bench: Bench, target: Target, contestants: Contestant[]): Promise<Row[]> {
  const rounds = await race(bench, target, contestants, bench.options.quick ? 2 : target === SMALL ? 7 : 4)
  const names = contestants.map(({ name }) => name)
  return [
    ...names.map((name, i) => rowOf(`${target.name}: ${name}`, 'µs/request', null, rounds, (round) => whole(round[i]))),
    ...names.slice(1).flatMap((name, i) => [
      rowOf(`${target.name}: stampede / ${name}`, '×', goalOf(target, name), rounds, (round) => whole(round[0]) / whole(round[i + 1])),
      rowOf(`${target.name}: stampede / ${name}, start-up excluded`, '×', goalOf(target, name), rounds, (round) => steady(round[0]) / steady(round[i + 1])),
    ]),
  ]
}

function goalOf(target: Target, name: string): number | null {
  if (name === 'wrk') return target.goal
  return target === SMALL ? (GOALS[name] ?? null) : null
}

function race(bench: Bench, target: Target, contestants: Contestant[], rounds: number): Promise<Rounds<Loop>> {
  return interleave(contestants.map((contestant) => () => loop(bench, target, contestant)), { rounds, say: bench.say })
}

async function loop(bench: Bench, target: Target, contestant: Contestant): Promise<Loop> {
  const { nginx, cores } = bench
  const seconds = bench.options.quick ? 5 : 7
  const before = await nginx.requests()
  const argv = contestant.argv({ url: target.url(bench), seconds, post: target.post })
  const measured = await measure({ argv, core: cores.client, servers: nginx.pids, limitSeconds: seconds + 30, probe: steadyBetween(SETTLED, seconds - 0.5, nginx.requests) })
  const served = (await nginx.requests()) - before
  check(contestant, measured, served)
  return { ...measured, served }
}

/** What a contestant tells must be what the target saw, but for what was on its way at the end. */
function check({ name, parse }: Contestant, { stdout, stderr }: Measured<Steady>, served: number): void {
  const told = parse?.(stdout)
  if (served === 0) throw new Error(`${name} sent nothing: ${stderr.slice(-300)}`)
  if (told === undefined) return
  if (told.failed > 0) throw new Error(`${name}: ${told.failed} failed requests`)
  if (Math.abs(told.done - served) > 100) throw new Error(`${name} tells ${told.done} requests, the target saw ${served}`)
}

function whole(loop: Loop | undefined): number {
  return loop === undefined ? NaN : (loop.cpuSeconds / loop.served) * 1e6
}

function steady(loop: Loop | undefined): number {
  return loop?.probed ? (loop.probed.cpuSeconds / loop.probed.requests) * 1e6 : NaN
}

/** Peers that are here are measured; of the others that a goal names, the record is shown. */
async function others(bench: Bench, rows: Row[]): Promise<Row[]> {
  const here = [...namedPeers(bench), ...(bench.options.peers ? otherPeers() : [])]
  const againstWrk = rows.filter(({ what }) => what === `${SMALL.name}: stampede / wrk`)
  const absent = Object.keys(GOALS).filter((name) => !here.some((peer) => peer.name === name) && !rows.some(({ what }) => what.endsWith(`/ ${name}`)))
  const recorded = againstWrk.flatMap((row) => absent.map((name) => recordedRow(name, row)))
  if (here.length === 0) return recorded
  bench.say(`cpu, ${SMALL.name}, ${here.map(({ name }) => name).join(', ')}:`)
  const rounds = await race(bench, SMALL, [ours(bench), ...here], bench.options.quick ? 1 : 3)
  return [...here.map(({ name }, i) => rowOf(`${SMALL.name}: stampede / ${name}`, '×', GOALS[name] ?? null, rounds, (round) => whole(round[0]) / whole(round[i + 1]))), ...recorded]
}

/** Ours against wrk here, wrk against the peer there. */
function recordedRow(name: string, { spread, ...againstWrk }: Row): Row {
  const scaled = (value: number): number => value / recordedTimesWrk(name)
  const { median, min, max, n } = spread
  return { ...againstWrk, what: againstWrk.what.replace('wrk', name), goal: GOALS[name] ?? null, spread: { median: scaled(median), min: scaled(min), max: scaled(max), n }, note: 'recorded, not run here' }
}
