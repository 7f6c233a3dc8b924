/**
 * Drives one lane alone: N connections, each sends the next request when it has its answer.
 *
 *   node bench/engine/closed-loop.ts URL [connections = 50] [seconds = 3] [warm-up seconds = 1]
 *
 * Prints requests per second, CPU microseconds per request (user + system of the whole process) and peak memory, all
 * of the time after the warm-up. For `https:` any certificate is accepted. With VARIABLES=1 each request is written
 * anew, with three values in it; with VARIABLES=0 it is as long and always the same. PROTOCOL is http1 (default) or http2;
 * over `ws:` the text SEND is echoed. With JSON=1 it prints {"requests", "failed", "cpuUs"} and nothing else.
 */
import { chooseLane } from '../../src/main/engine/lane-choice.ts'
import { compileRequest } from '../../src/main/engine/request/template.ts'
import { createLane } from '../../src/main/engine/lanes/index.ts'
import type { Lane, LaneSink } from '../../src/main/engine/lanes/lane.ts'
import type { TaskSpec } from '../../src/shared/task/task.ts'

const TICK_MS = 25
const [url = 'http://127.0.0.1:18080/', connections = '50', seconds = '3', warmUp = '1'] = process.argv.slice(2)
const bodyBytes = Number(process.env.BODY ?? 0)
const variables = process.env.VARIABLES
const users = Number(connections)

const spec: TaskSpec = {
  schema: 'stampede.task/1',
  name: 'closed loop',
  load: { connections: users },
  request: {
    method: bodyBytes > 0 ? 'POST' : 'GET',
    url: variables === undefined ? url : `${url}?${variables === '1' ? 'id={{seq}}&n={{int 1 1000}}' : 'id=123456&n=789'}`,
    headers: variables === undefined ? {} : { 'x-request': variables === '1' ? '{{uuid}}' : '0b5c1d3e-6a7f-4f0e-9c1b-2d3e4f5a6b7c' },
    ...(process.env.SEND === undefined ? {} : { send: process.env.SEND, expect: 'echo' }),
    ...(bodyBytes > 0 ? { body: 'x'.repeat(bodyBytes) } : {}),
  },
  checks: [],
  thresholds: [],
  transport: { protocol: process.env.PROTOCOL === 'http2' ? 'http2' : url.startsWith('ws') ? 'auto' : 'http1', timeout: '10s', keepAlive: process.env.CLOSE === undefined, insecure: true, follow: false },
  tags: {},
}

let sent = 0
let done = 0
let failed = 0
let serviceMs = 0
let running = true
const messages = new Map<string, number>()

const sink: LaneSink = {
  keep: () => false,
  sent: () => undefined,
  done: (_dueAt, sentAt, _headAt, now) => {
    done++
    serviceMs += now - sentAt
  },
  failed: (_dueAt, _sentAt, _now, kind, message) => {
    failed++
    messages.set(`${kind}: ${message}`, (messages.get(`${kind}: ${message}`) ?? 0) + 1)
  },
  cancelled: () => undefined,
  dropped: () => undefined,
  connected: () => undefined,
  idle: (now) => {
    if (running) lane.send(now, ++sent)
  },
}

const options = { maxConnections: users, maxInFlight: users, timeoutMs: 10_000, keepAlive: spec.transport.keepAlive, maxBodyBytes: 0, connectsPerTurn: 8 }
const lane: Lane = await createLane(chooseLane(spec).lane, compileRequest(spec), options, sink)
const ticker = setInterval(() => lane.tick(performance.now()), TICK_MS)

await lane.warm(users)
for (let i = 0; i < users; i++) lane.send(performance.now(), ++sent)
await sleep(Number(warmUp))
const before = { cpu: process.cpuUsage(), at: performance.now(), done, serviceMs }
await sleep(Number(seconds))
const cpu = process.cpuUsage(before.cpu)
const count = done - before.done
const elapsed = (performance.now() - before.at) / 1000
running = false
lane.cancel(performance.now())
lane.close()
clearInterval(ticker)

if (process.env.JSON !== undefined) {
  console.log(JSON.stringify({ requests: count, failed, cpuUs: (cpu.user + cpu.system) / count }))
  process.exit(0)
}
const perRequest = (us: number): string => (us / count).toFixed(2)
console.log(
  `${Math.round(count / elapsed)} requests/s  ${perRequest(cpu.user + cpu.system)} us CPU per request (user ${perRequest(cpu.user)}, system ${perRequest(cpu.system)})` +
    `  mean service ${((serviceMs - before.serviceMs) / count).toFixed(3)} ms  failed ${failed}  peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
)
for (const [message, times] of messages) console.log(`  ${times} x ${message}`)

function sleep(span: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, span * 1000))
}
