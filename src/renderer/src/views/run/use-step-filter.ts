import { computed } from 'vue'
import { useRunCharts } from '../../charts/run-charts.ts'

/** Which step of the task all charts show. Runs of older versions, and the steps beyond those of a second, have no seconds of their own. */
export function useStepFilter() {
  const { step, view, allInView } = useRunCharts()
  const known = computed(() => allInView.value.findLast(({ steps }) => steps !== undefined)?.steps?.length ?? 0)
  const name = computed(() => (step.value === null ? null : (view.value.steps[step.value]?.name ?? null)))

  /** Chooses one, or with the same once more all. */
  function choose(place: number): void {
    step.value = step.value === place ? null : place
  }

  return { step, name, known, choose, clear: () => void (step.value = null) }
}
