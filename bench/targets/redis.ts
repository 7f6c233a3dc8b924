import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { end, startOn } from '../started.ts'
import { freePorts } from './free-ports.ts'

export interface BenchRedis {
  url: string
  pid: number
  stop(): Promise<void>
}

/** A redis-server that keeps nothing on disk. */
export async function startRedisOn(core: number, folder: string): Promise<BenchRedis> {
  const [port = 0] = await freePorts(1)
  const dir = mkdtempSync(join(folder, 'redis-'))
  const child = startOn(core, ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'no', '--maxclients', '10000'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('redis-server ended')))
  exited.catch(() => undefined)
  let log = ''
  await Promise.race([exited, new Promise<void>((resolve) => child.stdout?.on('data', (chunk: Buffer) => {
    log += chunk.toString()
    if (log.includes('Ready to accept connections')) resolve()
  }))])
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      await end(child)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
