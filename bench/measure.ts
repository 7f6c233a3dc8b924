import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchNoise, type Noise } from './noise.ts'
import { childrenOf } from './proc.ts'
import { endGroup, startOn } from './started.ts'

export interface Measured<P> {
  code: number
  stdout: string
  stderr: string
  wallSeconds: number
  /** User + system of the program and all that it started, from its launch to its end. */
  cpuSeconds: number
  peakMb: number
  /** ms since the epoch, just before the launch. */
  launchedAt: number
  noise: Noise
  /** What the probe found. */
  probed: P
}

/** Looks at a program while it runs; resolves when it has seen enough, at the latest when `ended` fires. */
export type Probe<P> = (pid: number, launchedAt: number, ended: AbortSignal) => Promise<P>

export interface Job<P> {
  argv: readonly string[]
  env?: NodeJS.ProcessEnv
  /** Core for the program. */
  core: number
  /** Processes of the target: their CPU is no noise. */
  servers: readonly number[]
  /** The program is ended when it takes longer than this. */
  limitSeconds: number
  probe: Probe<P>
}

export const noProbe: Probe<null> = async () => null

/** Runs a program to its end under `/usr/bin/time`. Throws when it did not start or had to be ended. */
export async function measure<P>({ argv, env, core, servers, limitSeconds, probe }: Job<P>): Promise<Measured<P>> {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-bench-'))
  const timesFile = join(folder, 'times')
  const endNoise = watchNoise(servers)
  const launchedAt = performance.timeOrigin + performance.now()
  const child = startOn(core, ['/usr/bin/time', '-q', '-o', timesFile, '-f', '%e %U %S %M', ...argv], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  const ended = new AbortController()
  const exit = new Promise<number>((resolve) => child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128))))
  const limit = setTimeout(() => endGroup(child, 'SIGKILL'), limitSeconds * 1000)
  void exit.then(() => ended.abort())
  try {
    const [code, stdout, stderr, probed] = await Promise.all([exit, text(child.stdout!), text(child.stderr!), programOf(child.pid ?? 0, ended.signal).then((pid) => probe(pid, launchedAt, ended.signal))])
    if (code === 128) throw new Error(`${argv.join(' ')} did not end within ${limitSeconds} s`)
    const { wallSeconds, cpuSeconds, peakMb } = parseTimes(readFileSync(timesFile, 'utf8'))
    return { code, stdout, stderr, wallSeconds, cpuSeconds, peakMb, launchedAt, noise: endNoise(cpuSeconds), probed }
  } finally {
    clearTimeout(limit)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param line of `/usr/bin/time -f '%e %U %S %M'`: wall, user, system (s), greatest resident set (KB). */
export function parseTimes(line: string): { wallSeconds: number; cpuSeconds: number; peakMb: number } {
  const [wall = NaN, user = NaN, system = NaN, kb = NaN] = line.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { wallSeconds: wall, cpuSeconds: user + system, peakMb: kb / 1024 }
}

/** The one child of `time`. */
async function programOf(timePid: number, ended: AbortSignal): Promise<number> {
  while (!ended.aborted) {
    const [pid] = childrenOf(timePid)
    if (pid !== undefined) return pid
    await sleep(5)
  }
  return 0
}
