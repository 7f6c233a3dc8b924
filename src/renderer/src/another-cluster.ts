import type { ClusterView } from '../../shared/contract/contract.ts'

/** In another cluster nothing that is shown exists any more: tasks, runs and nodes are all others'. Calls `beginAnew` when it was changed over. */
export function inAnotherCluster(beginAnew: () => void): (view: ClusterView) => void {
  let known: string | null = null
  return ({ mode, address, namespace }) => {
    const now = JSON.stringify([mode, address, namespace])
    if (known !== null && known !== now) beginAnew()
    known = now
  }
}
