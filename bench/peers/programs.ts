import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inRepository } from '../bench-context.ts'

/** Programs without which nothing can be measured, and the Debian packages that bring them. */
const NEEDED = { wrk: 'wrk', nginx: 'nginx-light', taskset: 'util-linux', time: 'time', openssl: 'openssl', h2load: 'nghttp2-client' }
/** Peers that Debian has. (Its `bombardier` is a game.) */
const DEBIAN_PEERS = { ab: 'apache2-utils', hey: 'hey', siege: 'siege' }
const AUTOCANNON = '9.0.0'

/** Path of a program: as the environment names it, else from PATH; null when there is none. */
export function findProgram(name: string, variable: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (env[variable]) return env[variable]
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/bin']
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Installs what is missing on Debian as root. Throws with what to install elsewhere. */
export function haveNeeded(withPeers: boolean, say: (line: string) => void): void {
  if (withPeers) installMissing(DEBIAN_PEERS, say)
  const missing = installMissing(NEEDED, say)
  if (missing.length > 0) throw new Error(`The benchmarks need ${missing.join(', ')}. Debian: sudo apt-get install ${missing.join(' ')}`)
}

/** Answers the packages that are still missing. */
function installMissing(programs: Record<string, string>, say: (line: string) => void): string[] {
  const missing = (): string[] => Object.keys(programs).filter((name) => findProgram(name, '') === null).map((name) => programs[name] ?? name)
  const wanted = missing()
  if (wanted.length === 0 || process.getuid?.() !== 0 || findProgram('apt-get', '') === null) return wanted
  say(`Installing ${wanted.join(', ')} …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { stdio: ['ignore', 2, 2] as ['ignore', number, number], env }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', 'install', '-y', '-qq', '--no-install-recommends', ...wanted], options)
  return missing()
}

/** Script of autocannon, fetched into a folder of its own, never among our packages; null when npm cannot get it. */
export function haveAutocannon(say: (line: string) => void): { script: string; version: string } | null {
  const folder = inRepository('.bench', 'peers')
  const home = join(folder, 'node_modules', 'autocannon')
  if (!existsSync(join(home, 'package.json'))) {
    say(`Fetching autocannon ${AUTOCANNON} into .bench/peers …`)
    spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1', '--fetch-timeout=20000', `autocannon@${AUTOCANNON}`], { stdio: ['ignore', 2, 2] })
  }
  if (!existsSync(join(home, 'package.json'))) return null
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  return { script: join(home, 'autocannon.js'), version }
}
