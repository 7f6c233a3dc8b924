import { readFile, readdir } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { bytes, count } from '../../shared/format.ts'
import { translate } from '../../shared/locales/translate.ts'
import { VERSION } from '../version.ts'
import { clusterOf } from './cluster-choice.ts'
import type { ClusterFlags } from './cluster-flags.ts'

interface Check {
  name: string
  ok: boolean
  value: string
  /** It works, but better otherwise. */
  warning?: boolean
  /** What to do where it is not well. */
  cure?: string
}

/** `stampede doctor`: what on this machine, or on the way to the cluster, could spoil a result. Exit 0 when all is well, 3 otherwise. */
export async function doctor(flags: ClusterFlags & { json?: boolean }): Promise<number> {
  const checks = [...(await Promise.all([versions(), machine(), openFiles(), ports(), timeWait(), clock()])), ...(await redis(flags))]
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ version: VERSION, checks })}\n`)
  else for (const check of checks) process.stdout.write(`${lineOf(check)}\n`)
  return checks.every((check) => check.ok) ? 0 : 3
}

function lineOf({ name, ok, value, warning = false, cure }: Check): string {
  const isWell = ok && !warning
  return ` ${isWell ? '✓' : ok ? '▲' : '✕'} ${name.padEnd(16)} ${value}${isWell || cure === undefined ? '' : `\n${' '.repeat(20)}${cure}`}`
}

/** Each step of the way into the cluster, where one is configured. */
async function redis(flags: ClusterFlags): Promise<Check[]> {
  const cluster = await clusterOf(flags)
  if (cluster.redis === null) return []
  const { probeDoor } = await import('../app/door.ts')
  return (await probeDoor(cluster.redis)).map(({ step, state, detail, hint }) => ({
    name: `redis ${step}`,
    ok: state !== 'failed',
    warning: state === 'warning',
    value: translate('en', detail),
    ...(hint === null ? {} : { cure: translate('en', hint) }),
  }))
}

async function versions(): Promise<Check> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 22 || (major === 22 && minor >= 19)
  return { name: 'versions', ok, value: `stampede ${VERSION}, node ${process.versions.node}, ${process.platform}-${process.arch}`, cure: 'Node 22.19 or newer is needed.' }
}

async function machine(): Promise<Check> {
  return { name: 'machine', ok: cpus().length >= 2, value: `${cpus().length} cores, ${bytes(totalmem())} memory`, cure: 'With one core the target and the generator share it: results will be marked.' }
}

async function openFiles(): Promise<Check> {
  if (process.platform === 'win32') return { name: 'open files', ok: true, value: 'no such limit on Windows' }
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n'])
  const limit = stdout.trim() === 'unlimited' ? Infinity : Number(stdout)
  return { name: 'open files', ok: limit >= 4096, value: limit === Infinity ? 'unlimited' : `${count(limit)} at most, so about ${count(Math.max(0, limit - 100))} connections`, cure: 'Raise it in this shell: ulimit -n 65536' }
}

async function ports(): Promise<Check> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => null)
  if (range === null) return { name: 'ports', ok: true, value: 'range not readable here' }
  const [low = 0, high = 0] = range.trim().split(/\s+/).map(Number)
  return { name: 'ports', ok: high - low >= 10_000, value: `${count(high - low + 1)} for outgoing connections to one address`, cure: 'Widen it: sysctl -w net.ipv4.ip_local_port_range="1024 65535"' }
}

/** Ports still held by closed connections; many of them mean that keep-alive is off somewhere. */
async function timeWait(): Promise<Check> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const waiting = tables.join('\n').split('\n').filter((line) => line.trim().split(/\s+/)[3] === '06').length
  return { name: 'closed, waiting', ok: waiting < 10_000, value: `${count(waiting)} connections in TIME_WAIT`, cure: 'Wait a minute, or use keep-alive.' }
}

/** A clock that is not kept in step spoils the start of a run on several machines. */
async function clock(): Promise<Check> {
  const sources = await readdir('/sys/devices/system/clocksource').catch(() => [])
  if (sources.length === 0) return { name: 'clock', ok: true, value: 'source not readable here' }
  const source = (await readFile('/sys/devices/system/clocksource/clocksource0/current_clocksource', 'utf8').catch(() => 'unknown')).trim()
  return { name: 'clock', ok: !['acpi_pm', 'hpet'].includes(source), value: `source ${source}`, cure: 'A slow clock source costs CPU at every request; tsc or kvm-clock is better.' }
}
