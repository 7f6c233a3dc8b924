import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CONNECTIONS, inRepository, type Bench } from '../bench-context.ts'
import { measure, noProbe } from '../measure.ts'
import type { Noise } from '../noise.ts'
import { findProgram } from '../peers/programs.ts'
import { interleave, type Rounds } from '../rounds.ts'
import { emptyRow, rowOf, type Row } from '../row.ts'
import { end, startOn } from '../started.ts'

/**
 * CPU per exchange of the lanes alone, in a closed loop, after the last stage of compilation: HTTP/1.1 on 50 connections, requests
 * with variables and those of steps against one that is always the same; HTTP/2 over TLS, 50 streams on one connection,
 * against h2load and undici's HTTP/2; WebSocket echoes on 50 connections against the `ws` client,
 * and against writing and reading alone, below which no client can be.
 */
export async function lanes(bench: Bench): Promise<Row[]> {
  return [...(await http1(bench)), ...(await http2(bench)), ...(await webSocket(bench))]
}

const USERS = String(CONNECTIONS)
const SECONDS = 2
const WARM_UP_SECONDS = 2
/** Of a request in a flow, which is written anew, and whose answer's head is kept for its cookies. */
const FLOW_GOAL = 2
/** 100 bytes. */
const MESSAGE = `{"id":1,"pad":"${'x'.repeat(83)}"}`

interface Cost {
  cpuUs: number
  noise: Noise
}

/** Of the steps one logs in, gets a cookie and a token, and the two others show them. */
async function http1(bench: Bench): Promise<Row[]> {
  const { nginx } = bench
  const url = `${nginx.url}/`
  bench.say('lanes, HTTP/1.1:')
  const rounds = await race(bench, nginx.pids, [
    { argv: script('engine/closed-loop.ts', url), env: { VARIABLES: '1' } },
    { argv: script('engine/closed-loop.ts', url), env: { VARIABLES: '0' } },
    { argv: script('engine/flow-loop.ts', url) },
  ])
  const cost = (index: number) => (round: Cost[]): number => round[index]?.cpuUs ?? NaN
  const ratio = (index: number) => (round: Cost[]): number => cost(index)(round) / cost(1)(round)
  return [
    rowOf('HTTP/1.1: request that is always the same', 'µs/exchange', null, rounds, cost(1)),
    rowOf('HTTP/1.1: request with 3 variables', 'µs/exchange', null, rounds, cost(0)),
    rowOf('HTTP/1.1: request of a task with 3 steps', 'µs/exchange', null, rounds, cost(2)),
    rowOf('HTTP/1.1: with 3 variables / always the same', '×', 1.25, rounds, ratio(0)),
    rowOf('HTTP/1.1: of 3 steps / always the same', '×', FLOW_GOAL, rounds, ratio(2)),
  ]
}

async function http2(bench: Bench): Promise<Row[]> {
  const { nginx } = bench
  const h2load = findProgram('h2load', 'H2LOAD')
  if (h2load === null) return [emptyRow('HTTP/2: stampede / h2load', '×', 1.1, 'h2load is not here (Debian: nghttp2-client)')]
  const url = `${nginx.http2Url}/`
  bench.say('lanes, HTTP/2 over TLS:')
  const rounds = await race(bench, nginx.pids, [
    { argv: script('engine/closed-loop.ts', url), env: { PROTOCOL: 'http2' } },
    { argv: [h2load, '-c1', `-m${USERS}`, '-t1', '-D', String(SECONDS), url], cost: h2loadCost },
    { argv: script('peers/undici-http2.ts', url) },
  ])
  return rowsOf('HTTP/2', rounds, [['h2load', 1.1], ['undici', 0.2]])
}

async function webSocket(bench: Bench): Promise<Row[]> {
  const server = startOn(bench.cores.server, [process.execPath, inRepository('bench', 'targets', 'ws-echo.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = (await once(createInterface(server.stdout!), 'line')) as [string]
    const url = `ws://127.0.0.1:${port}/`
    bench.say('lanes, WebSocket echoes of 100 bytes:')
    const rounds = await race(bench, [server.pid ?? 0], [
      { argv: script('engine/closed-loop.ts', url), env: { SEND: MESSAGE } },
      { argv: script('peers/ws-client.ts', url), env: { SEND: MESSAGE } },
      { argv: script('peers/ws-bytes.ts', url), env: { SEND: MESSAGE } },
    ])
    return rowsOf('WebSocket', rounds, [['ws', 0.5], ['the same bytes, nothing understood', null]])
  } finally {
    await end(server)
  }
}

interface Runner {
  argv: string[]
  env?: NodeJS.ProcessEnv
  /** CPU per exchange, µs, from what a program says and used; default: it says so itself. */
  cost?: (stdout: string, cpuSeconds: number) => number
}

function script(path: string, url: string): string[] {
  return [process.execPath, inRepository('bench', path), url, USERS, String(SECONDS), String(WARM_UP_SECONDS)]
}

function race({ cores, options, say }: Bench, servers: readonly number[], runners: readonly Runner[]): Promise<Rounds<Cost>> {
  const run = async ({ argv, env, cost = ownCost }: Runner): Promise<Cost> => {
    const measured = await measure({ argv, env: { ...env, JSON: '1' }, core: cores.client, servers, limitSeconds: 30, probe: noProbe })
    const cpuUs = measured.code === 0 ? cost(measured.stdout, measured.cpuSeconds) : NaN
    if (!Number.isFinite(cpuUs)) throw new Error(`${argv.join(' ')}: ${measured.stdout.slice(-300)}${measured.stderr.slice(-300)}`)
    return { cpuUs, noise: measured.noise }
  }
  return interleave(runners.map((runner) => () => run(runner)), { rounds: options.quick ? 1 : 5, say })
}

function ownCost(stdout: string): number {
  const { failed, cpuUs } = JSON.parse(stdout) as { failed: number; cpuUs: number }
  return failed === 0 ? cpuUs : NaN
}

/** CPU per request, µs. It has no start-up to speak of: all its CPU counts. @param stdout as h2load prints it. */
export function h2loadCost(stdout: string, cpuSeconds: number): number {
  const [, succeeded, failed] = /(\d+) succeeded, (\d+) failed/.exec(stdout) ?? []
  return failed === '0' ? (cpuSeconds / Number(succeeded)) * 1e6 : NaN
}

function rowsOf(what: string, rounds: Rounds<Cost>, peers: readonly [name: string, goal: number | null][]): Row[] {
  const cost = (round: Cost[], index: number): number => round[index]?.cpuUs ?? NaN
  return [
    ...['stampede', ...peers.map(([name]) => name)].map((name, i) => rowOf(`${what}: ${name}`, 'µs/exchange', null, rounds, (round) => cost(round, i))),
    ...peers.map(([name, goal], i) => rowOf(`${what}: stampede / ${name}`, '×', goal, rounds, (round) => cost(round, 0) / cost(round, i + 1))),
  ]
}
