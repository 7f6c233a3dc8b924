import { computed, ref, type ComputedRef } from 'vue'

/** Rows that were ticked, in the order in which they are shown; one that is not shown any more is not selected either. */
export function useSelection<T>(rows: () => readonly T[], idOf: (row: T) => string): { selected: ComputedRef<T[]>; isSelected: (id: string) => boolean; select: (id: string, on: boolean) => void; clear: () => void } {
  const ids = ref<ReadonlySet<string>>(new Set())
  return {
    selected: computed(() => rows().filter((row) => ids.value.has(idOf(row)))),
    isSelected: (id) => ids.value.has(id),
    select: (id, on) => {
      ids.value = on ? new Set([...ids.value, id]) : new Set([...ids.value].filter((other) => other !== id))
    },
    clear: () => (ids.value = new Set()),
  }
}
