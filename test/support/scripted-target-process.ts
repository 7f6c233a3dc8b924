import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * stall: answers at once, but freezes every answer for 500 ms in each 5 s (the first time 2 s after the first request).
 * slow: 50 at a time, 20 ms each, so 2,500/s at most. never: takes requests and never answers. busy: 503.
 */
const mode = process.argv[2]
const STALL_MS = 500
const CYCLE_MS = 5000
const OFFSET_MS = 2000
const SLOW = { atOnce: 50, takesMs: 20 }

let count = 0
let firstAt = 0
let held: ServerResponse[] = []
let working = 0

const server = createServer((_request, response) => {
  count += 1
  if (count === 1) firstAt = performance.now()
  if (mode === 'stall') stall(response)
  else if (mode === 'slow') queue(response)
  else if (mode === 'busy') response.writeHead(503).end('busy')
})

function stall(response: ServerResponse): void {
  const phase = (performance.now() - firstAt - OFFSET_MS) % CYCLE_MS
  if (phase < 0 || phase >= STALL_MS) return void response.end('ok')
  held.push(response)
  if (held.length === 1) setTimeout(release, STALL_MS - phase)
}

function release(): void {
  const frozen = held
  held = []
  for (const response of frozen) response.end('ok')
}

function queue(response: ServerResponse): void {
  held.push(response)
  work()
}

function work(): void {
  if (working >= SLOW.atOnce) return
  const next = held.shift()
  if (next === undefined) return
  working += 1
  setTimeout(() => {
    next.end('ok')
    working -= 1
    work()
  }, SLOW.takesMs)
}

server.keepAliveTimeout = 300_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => process.send?.({ count }))
process.on('disconnect', () => process.exit(0))
