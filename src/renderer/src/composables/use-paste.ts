import { useRouter } from 'vue-router'
import { useBridge } from '../bridge/index.ts'
import { defaultTaskSpec } from '../../../shared/task-schema.ts'
import { readTaskUrl } from '../../../shared/target-url.ts'
import { useNotices } from '../stores/notices.ts'
import { useTasks } from '../stores/tasks.ts'
import { useText } from './use-text.ts'

export function isCurl(text: string): boolean {
  return /^\s*[$>]?\s*curl(\.exe)?\s/i.test(text)
}

/** A pasted cURL command or URL → a new task in the editor, with the strip that says what was taken. */
export function usePaste(): { fromClipboard: () => Promise<void>; openText: (text: string) => Promise<boolean> } {
  const [tasks, notices, router, bridge] = [useTasks(), useNotices(), useRouter(), useBridge()]
  const { t } = useText()

  /** False if the text is neither. Throws AppError `bad-input` for a broken cURL command. */
  async function openText(text: string): Promise<boolean> {
    if (isCurl(text)) tasks.pasted = await bridge.invoke('import.parse', { format: 'curl', text })
    else {
      const read = /\s/.test(text.trim()) ? null : readTaskUrl(text.trim())
      if (read === null || !read.ok) return false
      tasks.pasted = { spec: defaultTaskSpec(read.url), taken: [], skipped: [] }
    }
    await router.push({ name: 'new-task' })
    return true
  }

  async function fromClipboard(): Promise<void> {
    const text = await navigator.clipboard.readText().catch(() => null)
    if (text === null) {
      notices.show({ level: 'info', text: t('tasks.clipboard') })
      await router.push({ name: 'new-task' })
      return
    }
    try {
      if (!(await openText(text))) notices.show({ level: 'info', text: t('tasks.notCurl') }, 6000)
    } catch (error) {
      notices.refused(error)
    }
  }

  return { fromClipboard, openText }
}
