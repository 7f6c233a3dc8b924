import { useRouter } from 'vue-router'
import { useBridge } from '../bridge/index.ts'
import type { Imported } from '../../../shared/contract/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { defaultTaskSpec } from '../../../shared/task/task-schema.ts'
import { readTaskUrl } from '../../../shared/task/target-url.ts'
import { useNotices } from '../stores/notices.ts'
import { useTasks, type Pasted } from '../stores/tasks.ts'
import { useText } from './use-text.ts'

export function isCurl(text: string): boolean {
  return /^\s*[$>]?\s*curl(\.exe)?\s/i.test(text)
}

/** Null for a text that is of no known format. */
function nothing(error: unknown): null {
  if (error instanceof AppError && error.problems[0]?.path === 'format') return null
  throw error
}

/** What is meant as a whole when it is pasted into a field of one line: a command, an export of another program, a task file. */
export function isImportable(text: string): boolean {
  return isCurl(text) || /^\s*[{[]/.test(text) || /^(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*schema[ \t]*:[ \t]*['"]?stampede\./.test(text) || /^\s*['"]?(?:openapi|swagger)['"]?\s*:/.test(text) || /^\s*(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+https?:\/\//.test(text)
}

function hasChoice({ requests = [], servers = [] }: Imported): boolean {
  return requests.length > 1 || servers.length > 1
}

/** A URL, a cURL command, or the text of a file (HAR, OpenAPI, Postman, k6, vegeta, a task) → a new task in the editor, with the strip that says what was taken. */
export function usePaste(): { fromClipboard: () => Promise<void>; openText: (text: string) => Promise<boolean>; parseText: (text: string) => Promise<Pasted | null> } {
  const [tasks, notices, router, bridge] = [useTasks(), useNotices(), useRouter(), useBridge()]
  const { t } = useText()

  /** Null if the text is nothing that can be opened. Throws AppError `bad-input` for what is broken. */
  async function parseText(text: string): Promise<Pasted | null> {
    if (text.trim() === '') return null
    const read = /\s/.test(text.trim()) || /^[{[]/.test(text.trim()) ? null : readTaskUrl(text.trim())
    if (read?.ok === true) return { spec: defaultTaskSpec(read.url), taken: [], skipped: [] }
    const imported = await bridge.invoke('import.parse', { format: isCurl(text) ? 'curl' : 'auto', text }).catch(nothing)
    return imported !== null && hasChoice(imported) ? { ...imported, text } : imported
  }

  async function openText(text: string): Promise<boolean> {
    const parsed = await parseText(text)
    if (parsed === null) return false
    tasks.pasted = parsed
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

  return { fromClipboard, openText, parseText }
}
