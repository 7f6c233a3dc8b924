import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { describeClusterState } from '../../contract/cluster-state.contract.ts'
import { describeJobState } from '../../contract/job-state.contract.ts'
import { describeSentinelState, type SentinelsUnderTest } from '../../contract/sentinel-state.contract.ts'

async function open(): Promise<SentinelsUnderTest> {
  let now = 1_700_000_000_000
  const cluster = new MemoryClusterState({ now: () => now })
  const pass = async (ms: number): Promise<void> => void (now += ms)
  return { cluster, pass, expireLease: () => pass(5001), close: () => cluster.close() }
}

describeClusterState('MemoryClusterState', open)
describeSentinelState('MemoryClusterState', open)
describeJobState('MemoryClusterState', open)
