import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { inRepository } from './bench-context.ts'
import { isLoud, watchNoise, type Noise } from './noise.ts'
import { setTimeout as sleep } from 'node:timers/promises'

/** The fine print of every figure, as pairs for a list. */
export function describeMachine(cores: { server: number; client: number }): [string, string][] {
  return [
    ['machine', `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB; server on core ${cores.server}, clients on core ${cores.client}`],
    ['kernel', `Linux ${release()}`],
    ['Node', process.versions.node],
    ['stampede', ownVersion()],
    ['nginx', firstLine('nginx', ['-v']).replace(/^.*nginx\//, '')],
    ['wrk', firstLine('wrk', ['-v']).replace(/^wrk (\S+).*$/, '$1')],
    ['autocannon', autocannonVersion()],
    ['load average', `${loadavg()[2]?.toFixed(1)} over the last 15 minutes; what was measured alone makes 1 to 3`],
    ['date', new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
  ]
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string }
  try {
    const git = (...args: string[]): string => execFileSync('git', ['-C', inRepository(), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return `${version}, commit ${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'src') === '' ? '' : ' with changes'}`
  } catch {
    return version
  }
}

function autocannonVersion(): string {
  const manifest = inRepository('.bench', 'peers', 'node_modules', 'autocannon', 'package.json')
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : 'not to be had'
}

/** wrk prints its version to stdout and fails; nginx to stderr. */
function firstLine(program: string, args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
  return `${stdout ?? ''}${stderr ?? ''}`.split('\n')[0] ?? ''
}

/** Cores for server and clients: the first two that there are, or as the environment says. */
export function chooseCores(env: NodeJS.ProcessEnv = process.env, available: number = availableParallelism()): { server: number; client: number } {
  return { server: Number(env['SERVER_CORE'] ?? 0), client: Number(env['CLIENT_CORE'] ?? (available > 1 ? 1 : 0)) }
}

/** What the machine does while nothing is measured. */
export async function idleNoise(): Promise<Noise & { loud: boolean }> {
  const endNoise = watchNoise([])
  await sleep(2000)
  const noise = endNoise(0)
  return { ...noise, loud: isLoud(noise) }
}
