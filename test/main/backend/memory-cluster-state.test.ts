import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { describeClusterState } from '../../contract/cluster-state.contract.ts'

describeClusterState('MemoryClusterState', async () => {
  let now = 1_700_000_000_000
  const cluster = new MemoryClusterState({ now: () => now })
  return { cluster, expireLease: async () => void (now += 5001), close: () => cluster.close() }
})
