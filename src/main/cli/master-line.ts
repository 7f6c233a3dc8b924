import type { Member } from '../app/member.ts'

/** `master desk (epoch 7)`, or that there is none. */
export async function masterLine(cluster: Pick<Member['cluster'], 'master' | 'node'>): Promise<string> {
  const lease = await cluster.master()
  if (lease === null) return 'no master yet'
  const name = (await cluster.node(lease.nodeId))?.name ?? lease.nodeId
  return `master ${name} (epoch ${lease.epoch})`
}
