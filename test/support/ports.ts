import { once } from 'node:events'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A port of this machine that nobody listens on, for now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Local ports of the TCP sockets over IPv4 that a process holds now; Linux only. */
export function portsOf(pid: number): Set<number> {
  const inodes = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => inodeOf(`/proc/${pid}/fd/${fd}`)))
  const ports = new Set<number>()
  for (const line of readFileSync('/proc/net/tcp', 'latin1').trim().split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/)
    if (inodes.has(fields[9] ?? '')) ports.add(Number.parseInt(fields[1]?.split(':')[1] ?? '', 16))
  }
  return ports
}

function inodeOf(path: string): string {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? ''
  } catch {
    return '' // closed meanwhile
  }
}
