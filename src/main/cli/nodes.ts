import type { NodeInfo } from '../../shared/cluster/cluster.ts'
import { bytes, latency, percent, rate } from '../../shared/format.ts'
import type { Door } from '../app/door.ts'
import { clusterRequired } from './cluster-choice.ts'
import { clusterSentence, electionLines, type ClusterFacts, type NodeLine } from './cluster-sentences.ts'
import type { StoreFlags } from './store.ts'
import { pad } from './terminal.ts'

/** Nodes beat once a second: so long is listened, to tell those that live from those that are only still on the list, ms. */
const LISTEN_MS = 2200
const HOT_CPU_PERCENT = 90
const HOT_LOOP_LAG_MS = 20
const ELECTIONS = 3

/** `stampede nodes`: who is in the cluster, who leads, who is ill, and why the master is who it is. */
export async function nodes(flags: StoreFlags): Promise<number> {
  const { redis } = await clusterRequired(flags, 'stampede nodes')
  const { openDoor } = await import('../app/door.ts')
  const door = await openDoor(redis, (text) => process.stderr.write(`warning: ${text}\n`))
  try {
    for (const text of door.notices) process.stderr.write(`warning: ${text}\n`)
    const facts = await look(door)
    process.stdout.write(flags.json === true ? `${JSON.stringify(facts)}\n` : render(facts))
    return 0
  } finally {
    await door.close()
  }
}

/** Two looks: a node whose beat has not moved between them is silent. */
async function look({ cluster, address }: Door): Promise<ClusterFacts> {
  const before = new Map((await cluster.nodes()).map((info) => [info.id, beatOf(info)]))
  if (before.size > 0) await new Promise((resolve) => setTimeout(resolve, LISTEN_MS))
  const [all, lease, elections] = await Promise.all([cluster.nodes(), cluster.master(), cluster.sentinels.elections()])
  const names = new Map(all.map(({ id, name }) => [id, name]))
  const rows = all.map((info): NodeLine => ({ info, isMaster: info.id === lease?.nodeId, state: before.get(info.id) === beatOf(info) ? 'silent' : stateOf(info) }))
  rows.sort((a, b) => Number(b.isMaster) - Number(a.isMaster) || Number(a.info.role === 'sentinel') - Number(b.info.role === 'sentinel') || a.info.name.localeCompare(b.info.name, 'en', { numeric: true }))
  return {
    address,
    master: lease === null ? null : { nodeId: lease.nodeId, name: names.get(lease.nodeId) ?? lease.nodeId, epoch: lease.epoch },
    nodes: rows,
    elections: elections.slice(0, ELECTIONS).map((election) => ({
      ...election,
      by: names.get(election.by) ?? election.by,
      considered: election.considered.map((one) => ({ ...one, name: one.name ?? names.get(one.nodeId) ?? one.nodeId })),
    })),
  }
}

function beatOf({ boot, beat }: NodeInfo): string {
  return `${boot} ${beat}`
}

function stateOf({ parked, drained, cpuPercent, loopLagMs }: NodeInfo): NodeLine['state'] {
  if (parked) return 'parked'
  if (drained) return 'drained'
  return cpuPercent > HOT_CPU_PERCENT || loopLagMs > HOT_LOOP_LAG_MS ? 'hot' : 'ok'
}

const MARK = { ok: '●', hot: '▲', drained: '◐', parked: '◐', silent: '✕' } as const satisfies Record<NodeLine['state'], string>
const COLUMNS = ['Name', 'Role', 'State', 'CPU', 'Memory', 'Loop lag', 'RTT', 'Load', 'Prio', 'Version']

function render(facts: ClusterFacts): string {
  const table = [COLUMNS, ...facts.nodes.map(cellsOf)]
  const widths = COLUMNS.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  const lines = table.map((cells) => ` ${cells.map((cell, column) => pad(cell, widths[column] ?? 0)).join('  ')}`.trimEnd())
  return `${clusterSentence(facts)}\n${facts.nodes.length === 0 ? '' : `${lines.join('\n')}\n`}${electionLines(facts.elections).map((line) => `${line}\n`).join('')}`
}

function cellsOf({ info, isMaster, state }: NodeLine): string[] {
  const isSentinel = info.role === 'sentinel'
  return [
    info.name,
    isSentinel ? 'sentinel' : isMaster ? 'master+worker' : 'worker',
    `${MARK[state]} ${state}`,
    percent(info.cpuPercent / 100),
    `${percent(info.memoryPercent / 100)} of ${bytes(info.memoryBytes)}`,
    isSentinel ? '–' : latency(info.loopLagMs),
    info.rttMs > 0 ? latency(info.rttMs) : '–',
    isSentinel ? '–' : info.work.length === 0 ? 'idle' : rate(info.startedPerSecond),
    isSentinel ? '–' : String(info.priority),
    info.version,
  ]
}
