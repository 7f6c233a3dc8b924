import { useRouter } from 'vue-router'
import type { Task, TaskSpec } from '../../../shared/task/task.ts'
import { toCurl } from '../../../shared/task/to-curl.ts'
import { UNDO_MS, useNotices } from '../stores/notices.ts'
import { useTasks } from '../stores/tasks.ts'
import { useText } from './use-text.ts'

/** What the row menu does to a task. Deleting asks nothing: it can be undone. */
export function useTaskActions() {
  const [tasks, notices, router] = [useTasks(), useNotices(), useRouter()]
  const { t } = useText()

  async function clone(task: Task): Promise<void> {
    try {
      await router.push({ name: 'task', params: { id: (await tasks.clone(task.id)).id } })
    } catch (error) {
      notices.refused(error)
    }
  }

  async function remove(task: Task): Promise<void> {
    try {
      await tasks.remove(task.id)
      notices.show({ level: 'info', text: t('tasks.deleted', { name: task.spec.name }), action: { label: t('shell.undo'), run: () => void restore(task.id) } }, UNDO_MS)
    } catch (error) {
      notices.refused(error)
    }
  }

  async function restore(id: string): Promise<void> {
    try {
      await tasks.restore(id)
    } catch (error) {
      notices.refused(error)
    }
  }

  /** The request as a command for a shell. */
  async function copyCurl(spec: Pick<TaskSpec, 'request' | 'transport'>): Promise<void> {
    const copied = await navigator.clipboard.writeText(toCurl(spec)).then(() => true, () => false)
    notices.show({ level: 'info', text: t(copied ? 'shell.copied' : 'shell.copyFailed') }, 4000)
  }

  return { clone, remove, copyCurl }
}
