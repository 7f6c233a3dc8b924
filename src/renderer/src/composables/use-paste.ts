import { useRouter } from 'vue-router'
import { useBridge } from '../bridge/index.ts'
import { AppError } from '../../../shared/errors.ts'
import { defaultTaskSpec } from '../../../shared/task-schema.ts'
import { readTaskUrl } from '../../../shared/target-url.ts'
import { useNotices } from '../stores/notices.ts'
import { useTasks } from '../stores/tasks.ts'
import { useText } from './use-text.ts'

export function isCurl(text: string): boolean {
  return /^\s*[$>]?\s*curl(\.exe)?\s/i.test(text)
}

/** Null for a text that is of no known format. */
function nothing(error: unknown): null {
  if (error instanceof AppError && error.problems[0]?.path === 'format') return null
  throw error
}

/** A URL, a cURL command, or the text of a file (HAR, OpenAPI, Postman, k6, vegeta, a task) → a new task in the editor, with the strip that says what was taken. */
export function usePaste(): { fromClipboard: () => Promise<void>; openText: (text: string) => Promise<boolean> } {
  const [tasks, notices, router, bridge] = [useTasks(), useNotices(), useRouter(), useBridge()]
  const { t } = useText()

  /** False if the text is nothing that can be opened. Throws AppError `bad-input` for what is broken. */
  async function openText(text: string): Promise<boolean> {
    if (text.trim() === '') return false
    const read = /\s/.test(text.trim()) || /^[{[]/.test(text.trim()) ? null : readTaskUrl(text.trim())
    const found = read?.ok === true ? { spec: defaultTaskSpec(read.url), taken: [], skipped: [] } : await bridge.invoke('import.parse', { format: isCurl(text) ? 'curl' : 'auto', text }).catch(nothing)
    if (found === null) return false
    tasks.pasted = found
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
