import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './ports.ts'

export { freePort }

export interface RedisServer {
  url: string
  port: number
  /** Of the process that runs now. */
  readonly pid: number
  /** kill -9; its folder stays. */
  crash(): Promise<void>
  /** After a crash: on the same port and folder, with these options over those it had. */
  restart(options?: Record<string, string>): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

/** A real redis-server on a free loopback port that keeps nothing on disk; `options` as in its configuration. */
export async function startRedis(options: Record<string, string> = {}): Promise<RedisServer> {
  return launch([], options, 'Ready to accept connections')
}

/** A Redis Sentinel that watches `primary` under that name. */
export async function startRedisSentinel(name: string, primary: RedisServer): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'stampede-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, `sentinel monitor ${name} 127.0.0.1 ${primary.port} 1\n`)
  const server = await launch([file, '--sentinel'], {}, '+monitor master')
  return { ...server, stop: () => server.stop().then(() => rmSync(folder, { recursive: true, force: true })) }
}

/** A Redis Cluster of one node, which has all slots. */
export async function startRedisCluster(): Promise<RedisServer> {
  const node = await startRedis({ 'cluster-enabled': 'yes', 'cluster-port': String(await freePort()), 'cluster-announce-ip': '127.0.0.1' })
  const hand = new Redis(node.port)
  await hand.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  while (!(await hand.call('CLUSTER', 'INFO') as string).includes('cluster_state:ok')) await new Promise((resolve) => setTimeout(resolve, 20))
  hand.disconnect()
  return node
}

/** `readyWord`: with this word in its log it answers. */
async function launch(first: string[], options: Record<string, string>, readyWord: string): Promise<RedisServer> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'stampede-redis-'))
  const settings = { port: String(port), bind: '127.0.0.1', dir: folder, ...(first.length > 0 ? {} : { save: '', appendonly: 'no' }), ...options }
  const begin = async (now: Record<string, string>): Promise<ChildProcess> => {
    const started = spawn('redis-server', [...first, ...Object.entries(now).flatMap(([name, value]) => [`--${name}`, value])], { stdio: ['ignore', 'pipe', 'inherit'] })
    await ready(started, readyWord)
    return started
  }
  let child = await begin(settings)
  const crash = async (): Promise<void> => {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await gone
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0
    },
    crash,
    restart: async (over = {}) => void (child = await begin({ ...settings, ...over })),
    async stop() {
      await crash()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ready(child: ChildProcess, word: string): Promise<void> {
  let log = ''
  await new Promise<void>((resolve, reject) => {
    child.once('error', () => reject(new Error('redis-server cannot be started; is it installed?')))
    child.once('exit', () => reject(new Error(`redis-server ended:\n${log}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes(word)) resolve()
    })
  })
}

/** A listener that takes connections and never answers. */
export async function startSilence(): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
