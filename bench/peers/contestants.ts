import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONNECTIONS, inRepository, type Bench } from '../bench-context.ts'
import { ourCommand } from '../our-cli.ts'
import { findProgram } from './programs.ts'

/** What all contestants of one table do: as many requests as they can over 50 kept connections. */
export interface ClosedLoop {
  url: string
  seconds: number
  /** 1 KB POST instead of GET. */
  post: boolean
}

export interface Contestant {
  name: string
  argv(loop: ClosedLoop): string[]
  env?: NodeJS.ProcessEnv
  /** Requests it says it has finished, and how many of them failed; for those whose word we check. */
  parse?(stdout: string): Told
}

export interface Told {
  done: number
  failed: number
}

export function ours(bench: Bench): Contestant {
  return {
    name: 'stampede',
    argv: ({ url, seconds, post }) => ourCommand(bench, url, ['-c', String(CONNECTIONS), '-d', `${seconds}s`, '--threads', '1', '-k', ...(post ? ['-X', 'POST', '--data-file', bodyFile(bench), '-H', 'content-type: text/plain'] : [])]),
    parse: (stdout) => {
      const { ledger } = JSON.parse(stdout) as { ledger: { completed: number; failed: number } }
      return { done: ledger.completed, failed: ledger.failed }
    },
  }
}

export function wrk(bench: Bench): Contestant {
  return {
    name: 'wrk',
    argv: ({ url, seconds, post }) => ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, ...(post ? ['-s', wrkScript(bench)] : []), url],
    parse: parseWrk,
  }
}

/** @param text as wrk prints it. NaN when it has printed no count. */
export function parseWrk(text: string): Told {
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? []
  return { done: Number(/(\d+) requests in/.exec(text)?.[1] ?? NaN), failed: Number(bad) + sockets.reduce((sum, count) => sum + Number(count), 0) }
}

export function autocannon(bench: Bench, script: string): Contestant {
  return {
    name: 'autocannon',
    argv: ({ url, seconds, post }) => [process.execPath, script, '-j', '-n', '-c', String(CONNECTIONS), '-d', String(seconds), ...(post ? ['-m', 'POST', '-i', bodyFile(bench)] : []), url],
    parse: (stdout) => {
      const result = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { '2xx': number; non2xx: number; errors: number }
      return { done: result['2xx'], failed: result.non2xx + result.errors }
    },
  }
}

/** Those that are here, of the ones that a goal names beside wrk and autocannon. */
export function namedPeers(bench: Bench): Contestant[] {
  const users = String(CONNECTIONS)
  return [
    present('go-stress-testing', findProgram('go-stress-testing', 'GST'), (program, { url, seconds }) => [program, '-c', users, '-n', '100000000', '-timeout', String(seconds), '-k', '-m', users, '-cpuNumber', '1', '-u', url]),
    present('k6', findProgram('k6', 'K6'), (program, { url, seconds }) => [program, 'run', '-q', '--no-usage-report', '--summary-export', join(bench.folder, 'k6.json'), '-e', `URL=${url}`, '-e', `USERS=${users}`, '-e', `SECONDS=${seconds}`, inRepository('bench', 'peers', 'k6.js')]),
  ].flatMap((found) => found ?? [])
}

/** Those that are here, of the ones that no goal names. */
export function otherPeers(): Contestant[] {
  const users = String(CONNECTIONS)
  return [
    present('ab', findProgram('ab', 'AB'), (program, { url, seconds }) => [program, '-q', '-k', '-c', users, '-t', String(seconds), '-n', '3000000', `${url}/`]),
    present('h2load --h1', findProgram('h2load', 'H2LOAD'), (program, { url, seconds }) => [program, '--h1', '-t1', '-c', users, '-D', String(seconds), url]),
    present('bombardier', process.env['BOMBARDIER'] ?? null, (program, { url, seconds }) => [program, '-c', users, '-d', `${seconds}s`, '-p', 'r', '-o', 'j', url]),
    present('hey', findProgram('hey', 'HEY'), (program, { url, seconds }) => [program, '-z', `${seconds}s`, '-c', users, url]),
    present('vegeta', findProgram('vegeta', 'VEGETA'), (program, { url, seconds }) => ['sh', '-c', `echo "GET ${url}" | ${program} attack -http2=false -rate=0 -workers=${users} -max-workers=${users} -connections=${users} -duration=${seconds}s | ${program} report`]),
    present('siege', findProgram('siege', 'SIEGE'), (program, { url, seconds }) => [program, '-R', inRepository('bench', 'peers', 'siegerc'), '-b', '-c', users, '-t', `${seconds}S`, url]),
  ].flatMap((found) => found ?? [])
}

function present(name: string, program: string | null, argv: (program: string, loop: ClosedLoop) => string[]): Contestant | null {
  return program === null ? null : { name, argv: (loop) => argv(program, loop) }
}

function bodyFile({ folder }: Bench): string {
  const path = join(folder, 'post-1k.txt')
  writeFileSync(path, 'x'.repeat(1024))
  return path
}

function wrkScript({ folder }: Bench): string {
  const path = join(folder, 'post.lua')
  writeFileSync(path, `wrk.method = "POST"\nwrk.body = "${'x'.repeat(1024)}"\nwrk.headers["Content-Type"] = "text/plain"\n`)
  return path
}
