/**
 * Memory per idle connection of the lane of a URL: HTTP/1.1, WebSocket or TCP; over the last two the text SEND is echoed.
 *
 *   node --expose-gc bench/engine/idle-connections.ts URL [connections = 5000]
 *
 * Warms up on a few connections, notes the resident memory, opens the rest, sends one request on each, waits until all
 * are answered, and prints what was added: {"connections", "addedKb"}.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { chooseLane } from '../../src/main/engine/lane-choice.ts'
import { createLane } from '../../src/main/engine/lanes/index.ts'
import type { Lane, LaneSink } from '../../src/main/engine/lanes/lane.ts'
import { compileRequest } from '../../src/main/engine/request/template.ts'
import { parseTaskSpec } from '../../src/shared/task/task-schema.ts'

const [url = 'http://127.0.0.1:18080/', wanted = '5000'] = process.argv.slice(2)
const connections = Number(wanted)
const FEW = 10
const WARM_UP_REQUESTS = 5000

let done = 0
let onDone = (): void => undefined
const sink: LaneSink = {
  keep: () => false,
  sent: () => undefined,
  done: () => void done++,
  failed: (_dueAt, _sentAt, _now, kind, message) => { throw new Error(`${kind}: ${message}`) },
  cancelled: () => undefined,
  dropped: () => undefined,
  connected: () => undefined,
  idle: () => onDone(),
}

const warmUp = await laneOf(FEW)
await requests(warmUp, WARM_UP_REQUESTS, FEW)
const lane = await laneOf(connections)
const before = await settledKb()
const ticker = setInterval(() => lane.tick(performance.now()), 25)
await lane.warm(connections)
await requests(lane, connections, connections)
clearInterval(ticker)
console.log(JSON.stringify({ connections: lane.connections, addedKb: (await settledKb()) - before }))
lane.close()
warmUp.close()

function laneOf(maxConnections: number): Promise<Lane> {
  const sent = process.env.SEND === undefined ? {} : { send: process.env.SEND, expect: 'echo' }
  const parsed = parseTaskSpec({ schema: 'stampede.task/1', name: 'idle', load: { connections: 1, duration: '1s' }, request: { url, ...sent } })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return createLane(chooseLane(parsed.value).lane, compileRequest(parsed.value), { maxConnections, maxInFlight: maxConnections, timeoutMs: 30_000, keepAlive: true, maxBodyBytes: 0, connectsPerTurn: 32 }, sink)
}

/** Sends `count` requests, at most `atOnce` at a time; resolves when all are answered. */
async function requests(lane: Lane, count: number, atOnce: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = count - atOnce
  done = 0
  onDone = () => {
    if (left-- > 0) lane.send(performance.now())
    else if (done === count) resolve()
  }
  for (let i = 0; i < atOnce; i++) lane.send(performance.now())
  await promise
}

/** Resident memory, KB, when the collector has nothing left to do. */
async function settledKb(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await sleep(100)
  }
  return process.memoryUsage.rss() / 1024
}
