import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { CapacityView } from '../../../shared/results/capacity.ts'
import type { CapacityInput } from '../../../shared/contract/contract.ts'
import { useBridge } from '../bridge/index.ts'

/** The searches for capacity of this node, newest first. */
export const useCapacity = defineStore('capacity', () => {
  const bridge = useBridge()
  const searches = shallowRef<CapacityView[]>([])
  const loaded = ref(false)
  const running = computed(() => searches.value.find(({ status }) => status === 'running') ?? null)

  async function load(): Promise<void> {
    searches.value = await bridge.invoke('capacity.list', {})
    loaded.value = true
  }

  function take(view: CapacityView): void {
    const known = searches.value.some(({ id }) => id === view.id)
    searches.value = known ? searches.value.map((search) => (search.id === view.id ? view : search)) : [view, ...searches.value]
  }

  async function start(input: CapacityInput): Promise<void> {
    take(await bridge.invoke('capacity.start', input))
  }

  return { searches, loaded, running, load, start, stop: (id: string) => bridge.invoke('capacity.stop', { id }), listen: () => bridge.on('capacity:changed', take) }
})
