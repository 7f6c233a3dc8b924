import { useRouter } from 'vue-router'
import type { AppError } from '../../../shared/errors.ts'
import { asAppError } from '../bridge/wire.ts'
import { useNotices } from '../stores/notices.ts'
import { useSettings } from '../stores/settings.ts'
import { useTasks } from '../stores/tasks.ts'
import { useText } from './use-text.ts'

interface Startable {
  id: string
  url: string
}

/** Starts tasks. A public host is asked about once, in a line with the answer as a button. */
export function useStart() {
  const [tasks, settings, notices, router] = [useTasks(), useSettings(), useNotices(), useRouter()]
  const { t } = useText()

  /** Shows its run. */
  async function start(taskId: string, url: string): Promise<void> {
    try {
      await router.push({ name: 'run', params: { id: await tasks.start(taskId) } })
    } catch (error) {
      refuse([{ url, refusal: asAppError(error), again: () => start(taskId, url) }])
    }
  }

  /** All at the same time, each a run of its own. What cannot start says why; the others do. */
  async function startTogether(wanted: readonly Startable[]): Promise<void> {
    const outcomes = await Promise.allSettled(wanted.map(({ id }) => tasks.start(id)))
    refuse(wanted.flatMap((one, i) => {
      const outcome = outcomes[i]
      return outcome?.status === 'rejected' ? [{ url: one.url, refusal: asAppError(outcome.reason), again: () => startTogether([one]) }] : []
    }))
  }

  /** One question for each host, however many tasks go there. */
  function refuse(refused: readonly { url: string; refusal: AppError; again: () => Promise<void> }[]): void {
    const byHost = Map.groupBy(refused, ({ url, refusal }) => (refusal.code === 'target-not-allowed' ? hostOf(refusal, url) : null))
    for (const [host, group] of byHost) {
      if (host === null) for (const { refusal } of group) notices.refused(refusal)
      else ask(host, group[0]!.refusal, () => Promise.all(group.map(({ again }) => again())))
    }
  }

  function ask(host: string, refusal: AppError, again: () => Promise<unknown>): void {
    notices.show({ level: 'warn', said: [refusal.message], action: { label: t('shell.allowHost', { host }), run: () => void allow(host, again) } })
  }

  async function allow(host: string, again: () => Promise<unknown>): Promise<void> {
    try {
      await settings.change({ allowedHosts: [...settings.settings.allowedHosts, host] })
      await again()
    } catch (error) {
      notices.refused(error)
    }
  }

  return { start, startTogether }
}

function hostOf(refusal: AppError, url: string): string {
  return refusal.problems[0]?.value ?? (URL.canParse(url) ? new URL(url).hostname : url)
}
