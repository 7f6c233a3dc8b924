import { watchEffect } from 'vue'
import { rateShort } from '../../../shared/format.ts'
import { useRuns } from '../stores/runs.ts'
import { useTasks } from '../stores/tasks.ts'

/** The window's title says what runs: `● 12.0k/s checkout-api`. */
export function useWindowTitle(): void {
  const tasks = useTasks()
  const runs = useRuns()
  watchEffect(() => {
    const task = tasks.running[0]?.task
    const view = task?.runId == null ? undefined : runs.views.get(task.runId)
    document.title = task === undefined ? 'Stampede' : `● ${rateShort(view?.recent.achievedRate ?? null)}/s ${task.spec.name}`
  })
}
