import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { onTestFinished } from 'vitest'

/** Is closed when the test is over. */
export function closing<T extends { close: () => unknown }>(one: T): T {
  onTestFinished(async () => void (await one.close()))
  return one
}

/** Lets a server listen on a free loopback port, and tells which. */
export async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
