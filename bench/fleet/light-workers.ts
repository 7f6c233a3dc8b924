/**
 * Thousands of workers in one process: `node light-workers.ts <redis> <first> <count> <nodes per connection>`. What they say
 * goes through the product's own adapters, a heartbeat and a sample each per second, as whole nodes say it; what makes a
 * node whole (its clocks, its lease, its place in elections) is left out, because this machine could not carry it.
 */
import { randomUUID } from 'node:crypto'
import type { Assignment, Manifest, NodeInfo } from '../../src/shared/cluster/cluster.ts'
import { steadyNow } from '../../src/shared/clock.ts'
import { ArrivalCounts } from '../../test/support/arrival-counts.ts'
import { tallies } from '../../test/support/pretended-engine.ts'
import { joinFleet, RATE, type Joined } from './fleet-node.ts'

const AT_ONCE = 25
const SECOND = 1000

const counts = new ArrivalCounts()
const seconds = tallies(RATE)

class LightWorker {
  readonly #cluster: Joined['cluster']
  readonly #info: NodeInfo
  #applied = { epoch: 0, revision: 0 }
  #assignment: Assignment | null = null
  #told = 0

  constructor(cluster: Joined['cluster'], name: string) {
    this.#cluster = cluster
    this.#info = {
      id: name, name, boot: randomUUID(), beat: 0, role: 'worker', priority: 0, version: '0.1.0', protocol: { major: 1, minor: 0 },
      cpuPercent: 31.4, memoryPercent: 44.2, memoryBytes: 8 * 2 ** 30, cores: 4, loopLagMs: 0.42, maxRate: null, startedPerSecond: 0, rttMs: 0.8, clockOffsetMs: 0.1, clockErrorMs: 0.4,
      drained: false, parked: false, maxEpoch: 0, work: [],
    }
  }

  /** Once a second. What fails is said again with the next one. */
  async turn(): Promise<void> {
    this.#info.beat += 1
    this.#info.work = this.#report()
    const { manifest } = await this.#cluster.heartbeat(this.#info, this.#applied)
    if (manifest !== null) this.#obey(manifest)
    await this.#tellSeconds()
  }

  #obey({ epoch, revision, assignments }: Manifest): void {
    this.#applied = { epoch, revision }
    this.#info.maxEpoch = epoch
    this.#assignment = assignments[0] ?? null
    if (this.#assignment !== null) counts.join(this, this.#assignment.share)
  }

  #report(): NodeInfo['work'] {
    const assignment = this.#assignment
    if (assignment === null) return []
    const { taskId, runId, startAt } = assignment
    return [{ taskId, runId, ...this.#applied, phase: startAt === 0 || steadyNow() < startAt ? 'armed' : 'run', lane: { lane: 'http1', reason: 'pretended' }, threads: 1 }]
  }

  async #tellSeconds(): Promise<void> {
    const assignment = this.#assignment
    if (assignment === null || assignment.startAt === 0 || assignment.load.model === 'closed') return
    const { runId, startAt, load } = assignment
    const entries = []
    for (let second = this.#told; startAt + (second + 1) * SECOND <= steadyNow(); second += 1) {
      const due = counts.of(this, load.profile, second * SECOND, (second + 1) * SECOND)
      const tally = { ...seconds[second % seconds.length]!, planned: due, started: due, completed: due, requests: due, statuses: { 200: due }, checks: [{ passed: due, failed: 0 }] }
      const vitals = { processCpuPercent: 31.4, threadCpuPercent: 27.1, loopLagMs: 0.42, scheduleLagMs: 0.31, threads: 1 }
      entries.push({ seq: second + 1, sample: { runId, second, tally, warmup: null, inFlight: 12, queued: 0, connections: 40, vitals, problems: [], errorSamples: [], last: false } })
    }
    if (entries.length === 0) return
    const { accepted } = await this.#cluster.report({ runId, nodeId: this.#info.id, boot: this.#info.boot, ringFrom: this.#told + 1, entries })
    this.#told = accepted
  }
}

const [address = '', first = '0', count = '0', perLink = '1'] = process.argv.slice(2)
const groups = Array.from({ length: Math.ceil(Number(count) / Number(perLink)) }, (_, index) => index * Number(perLink))
let failures = 0
for (let at = 0; at < groups.length; at += AT_ONCE) {
  await Promise.all(groups.slice(at, at + AT_ONCE).map(async (from) => {
    const nodes = await joinFleet(address, Math.min(Number(perLink), Number(count) - from))
    nodes.forEach(({ cluster }, offset) => begin(new LightWorker(cluster, `w${Number(first) + from + offset}`)))
  }))
}
process.send?.('joined')
setInterval(() => {
  if (failures > 0) process.stderr.write(`${failures} turns failed\n`)
  failures = 0
}, 5000).unref()
for (const end of ['disconnect', 'SIGTERM']) process.once(end, () => process.exit(0))

/** At its own instant of each second. */
function begin(worker: LightWorker): void {
  let busy = false
  setTimeout(() => setInterval(() => {
    if (busy) return
    busy = true
    worker.turn().catch(() => (failures += 1)).finally(() => (busy = false))
  }, SECOND), Math.random() * SECOND)
}
