import { useRouter } from 'vue-router'
import type { AppError } from '../../../shared/errors.ts'
import { asAppError } from '../bridge/wire.ts'
import { useNotices } from '../stores/notices.ts'
import { useSettings } from '../stores/settings.ts'
import { useTasks } from '../stores/tasks.ts'
import { useText } from './use-text.ts'

/** Starts a task and shows its run. A public host is asked about once, in a line with the answer as a button. */
export function useStart(): (taskId: string, url: string) => Promise<void> {
  const [tasks, settings, notices, router] = [useTasks(), useSettings(), useNotices(), useRouter()]
  const { t } = useText()

  async function start(taskId: string, url: string): Promise<void> {
    try {
      await router.push({ name: 'run', params: { id: await tasks.start(taskId) } })
    } catch (error) {
      const refusal = asAppError(error)
      if (refusal.code === 'target-not-allowed') ask(refusal, taskId, url)
      else notices.refused(refusal)
    }
  }

  function ask(refusal: AppError, taskId: string, url: string): void {
    const host = refusal.problems[0]?.value ?? (URL.canParse(url) ? new URL(url).hostname : url)
    notices.show({ level: 'warn', said: [refusal.message], action: { label: t('shell.allowHost', { host }), run: () => void allow(host, taskId, url) } })
  }

  async function allow(host: string, taskId: string, url: string): Promise<void> {
    try {
      await settings.change({ allowedHosts: [...settings.settings.allowedHosts, host] })
      await start(taskId, url)
    } catch (error) {
      notices.refused(error)
    }
  }

  return start
}
