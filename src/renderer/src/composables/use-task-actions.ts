import { useRouter } from 'vue-router'
import { fileNameOf } from '../../../shared/file-name.ts'
import { MASK } from '../../../shared/task/mask-spec.ts'
import type { Task, TaskSpec } from '../../../shared/task/task.ts'
import { taskCommand } from '../../../shared/task/task-command.ts'
import { toCurl } from '../../../shared/task/to-curl.ts'
import { UNDO_MS, useNotices } from '../stores/notices.ts'
import { useTasks } from '../stores/tasks.ts'
import { download } from './download.ts'
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

  async function remove(removed: readonly Task[]): Promise<void> {
    try {
      await Promise.all(removed.map(({ id }) => tasks.remove(id)))
      const [first] = removed
      const text = removed.length === 1 && first !== undefined ? t('tasks.deleted', { name: first.spec.name }) : t('tasks.deletedSeveral', { n: removed.length })
      notices.show({ level: 'info', text, action: { label: t('shell.undo'), run: () => void restore(removed) } }, UNDO_MS)
    } catch (error) {
      notices.refused(error)
    }
  }

  async function restore(removed: readonly Task[]): Promise<void> {
    try {
      await Promise.all(removed.map(({ id }) => tasks.restore(id)))
    } catch (error) {
      notices.refused(error)
    }
  }

  /** As a file for `stampede run` and for another machine. Secrets never leave the product: they are masked in it. */
  function exportFile({ spec }: Task): void {
    download(`${JSON.stringify(spec, null, 2)}\n`, 'application/json', `${fileNameOf(spec.name)}.json`)
    if (JSON.stringify(spec).includes(MASK)) notices.show({ level: 'info', text: t('tasks.exportedMasked') }, UNDO_MS)
  }

  /** The request as a command for a shell. */
  function copyCurl(spec: Pick<TaskSpec, 'request' | 'transport'>): Promise<void> {
    return copy(toCurl(spec))
  }

  /** The whole task as one, where flags can say it; secrets are masked in it. */
  function copyCommand(spec: TaskSpec): Promise<void> {
    return copy(taskCommand(spec) ?? '')
  }

  async function copy(text: string): Promise<void> {
    const copied = await navigator.clipboard.writeText(text).then(() => true, () => false)
    notices.show({ level: 'info', text: t(copied ? 'shell.copied' : 'shell.copyFailed') }, 4000)
  }

  return { clone, remove, exportFile, copyCurl, copyCommand }
}
