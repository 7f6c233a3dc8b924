/**
 * Drives iterations of three steps alone: N users, each begins the next iteration when its last one has ended.
 *
 *   node bench/engine/flow-loop.ts URL [users = 50] [seconds = 2] [warm-up seconds = 1]
 *
 * A login sets a cookie and gives a token, of which the two steps behind it are made; the last one posts it. Prints
 * {"requests", "failed", "cpuUs"} of the time after the warm-up, per request.
 */
import { createFlowLane, prepareFlow } from '../../src/main/engine/flow/create-flow-lane.ts'
import type { FlowSink } from '../../src/main/engine/flow/flow-sink.ts'
import { hasSteps } from '../../src/shared/task/steps.ts'
import { requireTaskSpec } from '../../src/shared/task/task-schema.ts'

const TICK_MS = 25
const [url = 'http://127.0.0.1:18080/', given = '50', seconds = '2', warmUp = '1'] = process.argv.slice(2)
const users = Number(given)
const bearer = { authorization: 'Bearer {{step.token}}' }

const spec = requireTaskSpec({
  load: { connections: users, duration: '1h' },
  steps: [
    { name: 'login', request: { method: 'POST', url: `${url}login`, body: '{"user":"user {{seq}}"}' }, extract: { token: '$.token' } },
    { name: 'list', request: { url, headers: bearer } },
    { name: 'order', request: { method: 'POST', url, headers: bearer, body: '{"token":"{{step.token}}"}' } },
  ],
})
if (!hasSteps(spec)) throw new Error('a task without steps')

const counts = new Float64Array(1)
let iterations = 0
let requests = 0
let failed = 0
const prepared = prepareFlow(spec, {})
const sink: FlowSink = {
  keep: () => false,
  sent: () => undefined,
  judge: ({ step }, exchange) => prepared.flow.steps[step]!.checks.judge(exchange, counts, counts),
  answered: () => undefined,
  stepEnded: ({ failure }) => {
    requests++
    if (failure !== null) failed++
  },
  ended: (_, now) => void lane.send(now, ++iterations),
  cancelled: () => undefined,
  dropped: () => undefined,
  connected: () => undefined,
  idle: () => undefined,
}
const options = { maxConnections: users, maxInFlight: users + 1, timeoutMs: 10_000, keepAlive: true, connectsPerTurn: 8 }
const lane = await createFlowLane(prepared, { lanes: spec.steps.map(() => 'http1' as const), options, pausesUsers: false, sink })
setInterval(() => lane.tick(performance.now()), TICK_MS)

await lane.warm(users)
for (let i = 0; i < users; i++) lane.send(performance.now(), ++iterations)
await sleep(Number(warmUp))
const before = { cpu: process.cpuUsage(), requests, failed }
await sleep(Number(seconds))
const cpu = process.cpuUsage(before.cpu)
const count = requests - before.requests
console.log(JSON.stringify({ requests: count, failed: failed - before.failed, cpuUs: (cpu.user + cpu.system) / count }))
process.exit(0)

function sleep(span: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, span * 1000))
}
