import type { Api, NodeRow } from '../../shared/contract.ts'
import type { NodeInfo } from '../../shared/cluster.ts'
import type { ApiParts } from './parts.ts'

/** From here on a node is shown as hot: what it measures may soon be its own slowness (`ux.md` 4.3). */
const HOT_CPU_PERCENT = 90
const HOT_LOOP_LAG_MS = 20
/** Runs that are looked through for what this machine has sustained. */
const LOOK_BACK_RUNS = 50

type Parts = Pick<ApiParts, 'tasks' | 'cluster' | 'capabilities' | 'thisNode'>

export function clusterCommands(parts: Parts): Pick<Api, 'app.capabilities' | 'node.list' | 'cluster.get'> {
  return {
    'app.capabilities': async () => ({ ...parts.capabilities, measuredRate: await measuredRate(parts) }),
    'node.list': () => nodeRows(parts),
    'cluster.get': async () => {
      const [nodes, lease] = await Promise.all([parts.cluster.nodes(), parts.cluster.master()])
      const name = nodes.find(({ id }) => id === lease?.nodeId)?.name
      const master = lease === null ? null : { nodeId: lease.nodeId, name: name ?? lease.nodeId, epoch: lease.epoch }
      return { mode: parts.thisNode.mode, address: parts.thisNode.address, connected: true, master, thisNode: parts.thisNode.id }
    },
  }
}

/** Every node with its part in the cluster, this one first. */
export async function nodeRows({ cluster, thisNode }: Pick<Parts, 'cluster' | 'thisNode'>): Promise<NodeRow[]> {
  const [nodes, lease] = await Promise.all([cluster.nodes(), cluster.master()])
  const rows = nodes.map((info) => ({ info, isMaster: info.id === lease?.nodeId, isThis: info.id === thisNode.id, state: stateOf(info) }))
  return rows.sort((a, b) => Number(b.isThis) - Number(a.isThis) || a.info.name.localeCompare(b.info.name))
}

function stateOf({ drained, cpuPercent, loopLagMs }: NodeInfo): NodeRow['state'] {
  if (drained) return 'drained'
  return cpuPercent > HOT_CPU_PERCENT || loopLagMs > HOT_LOOP_LAG_MS ? 'hot' : 'ok'
}

/** The highest rate of a recent run that can be trusted. */
async function measuredRate({ tasks }: Parts): Promise<number | null> {
  const runs = await tasks.runs({ limit: LOOK_BACK_RUNS })
  const rates = runs.flatMap(({ verdict, headline }) => (verdict === 'not-trustworthy' || headline === null ? [] : [headline.achievedRate]))
  return rates.length === 0 ? null : Math.max(...rates)
}
