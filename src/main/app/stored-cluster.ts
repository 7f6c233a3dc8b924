import type { SecretKeeper } from '../api/secret-keeper.ts'
import { readSettings } from '../api/settings.ts'
import { openSqliteTaskStore } from '../backend/sqlite-task-store.ts'
import type { StoredCluster } from '../config/cluster.ts'

/**
 * The cluster as the settings of this machine have it; null for a single machine, and for a store that cannot be read
 * (whoever opens it next says so). `notices`: what the store had to say of itself.
 */
export async function readStoredCluster(storePath: string, secrets: SecretKeeper): Promise<{ cluster: StoredCluster | null; notices: string[] }> {
  try {
    const store = openSqliteTaskStore(storePath)
    try {
      const { cluster } = await readSettings({ settings: store, secrets })
      const isSet = cluster.mode === 'redis' && cluster.address !== ''
      return { cluster: isSet ? { ...cluster, password: await secrets.get('redis-password'), secret: await secrets.get('cluster-secret') } : null, notices: store.notices() }
    } finally {
      await store.close()
    }
  } catch {
    return { cluster: null, notices: [] }
  }
}
