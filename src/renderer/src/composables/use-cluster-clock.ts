import { computed, type ComputedRef } from 'vue'
import { useCluster } from '../stores/cluster.ts'
import { useNow } from './use-now.ts'

export interface ClusterClock {
  /** A span that the cluster told, as long as it is by now, ms. */
  grown: (ms: number) => number
  /** Until the workers that are cut off stop by themselves, whole seconds rounded up; null while the cluster state answers. */
  stopInSeconds: ComputedRef<number | null>
}

/** Spans go on between two facts: silence, a missing master, the countdown. */
export function useClusterClock(): ClusterClock {
  const cluster = useCluster()
  const now = useNow(250, () => cluster.view?.mode === 'redis')
  const passed = computed(() => Math.max(0, now.value - cluster.receivedAt))
  return {
    grown: (ms) => ms + passed.value,
    stopInSeconds: computed(() => {
      const ms = cluster.view?.workersStopInMs ?? null
      return ms === null ? null : Math.ceil(Math.max(0, ms - passed.value) / 1000)
    }),
  }
}
