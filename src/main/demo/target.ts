import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { demoFails, demoLatencyMs } from './law.ts'

/**
 * The built-in demo target: an HTTP server on the loopback with the latency law of `law.ts`. Runs in a process of
 * its own (`spawn.ts`), prints its port on the first line and ends with its parent.
 */
export async function serveDemoTarget(options: { random?: () => number; now?: () => number } = {}): Promise<number> {
  const random = options.random ?? Math.random
  const now = options.now ?? (() => performance.now())
  const bornAt = now()
  const server = createServer((_request, response) => {
    const fails = demoFails(random)
    setTimeout(answer, demoLatencyMs(now() - bornAt, random), response, fails)
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const OK = Buffer.from('{"ok":true,"item":"demo","price":1.25}\n')
const BUSY = Buffer.from('{"error":"pool exhausted"}\n')

function answer(response: ServerResponse, fails: boolean): void {
  const body = fails ? BUSY : OK
  response.writeHead(fails ? 503 : 200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}
