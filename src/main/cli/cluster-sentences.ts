import type { NodeInfo } from '../../shared/cluster/cluster.ts'
import type { Door } from '../app/door.ts'

type Election = Awaited<ReturnType<Door['cluster']['sentinels']['elections']>>[number]

export interface NodeLine {
  info: NodeInfo
  isMaster: boolean
  /** `silent`: its heartbeat was not heard while it was listened to. */
  state: 'ok' | 'hot' | 'drained' | 'parked' | 'silent'
}

/** What `stampede nodes` has seen; with `--json` printed as it is. */
export interface ClusterFacts {
  /** Of Redis, without user and password. */
  address: string
  master: { nodeId: string; name: string; epoch: number } | null
  nodes: NodeLine[]
  /** Newest first, with everybody by name. */
  elections: Election[]
}

/** `4 nodes at redis://…. desk is master (epoch 7). 3 sentinels, quorum 2.` */
export function clusterSentence({ address, master, nodes }: ClusterFacts): string {
  const heard = nodes.filter(({ state }) => state !== 'silent')
  const sentinels = heard.filter(({ info }) => info.role === 'sentinel').length
  const workers = heard.length - sentinels
  const size = workers === 0 ? `No load node is at ${address}.` : `${workers === 1 ? '1 load node' : `${workers} load nodes`} at ${address}.`
  return `${size} ${leadership(master, workers)} ${watching(sentinels)}`
}

function leadership(master: ClusterFacts['master'], workers: number): string {
  if (master !== null) return `${master.name} is master (epoch ${master.epoch}).`
  return workers === 0 ? 'Add one: stampede worker --redis …' : 'Nobody leads now.'
}

function watching(sentinels: number): string {
  switch (sentinels) {
    case 0: return 'No sentinels: a lost master is followed by a race of the nodes. To choose, start 3: stampede sentinel --redis …'
    case 1: return '1 sentinel; start 2 more.'
    case 2: return '2 sentinels, of which neither may be lost; start 1 more.'
    default: return `${sentinels} sentinels, quorum ${Math.floor(sentinels / 2) + 1}.`
  }
}

/** Each with its time, who chose, and what was said of whom. */
export function electionLines(elections: readonly Election[]): string[] {
  return elections.map(({ at, kind, by, considered, term }, index) => {
    const when = new Date(at).toTimeString().slice(0, 8)
    const what = kind === 'handover' ? `${by} handed over` : `${by} chose (term ${term})`
    const whom = considered.map(({ nodeId, name, chosen, why }) => `${name ?? nodeId}${chosen ? '' : ' not'}: ${why}`).join('; ')
    return `${index === 0 ? ' Elections   ' : '             '}${when} ${what}: ${whom}`
  })
}
