import { nextTick, ref, shallowRef, type Ref } from 'vue'
import type { TryResult } from '../../../../shared/contract/contract.ts'
import type { AppError } from '../../../../shared/errors.ts'
import { asAppError } from '../../bridge/wire.ts'
import { usePaste } from '../../composables/use-paste.ts'
import { useStart } from '../../composables/use-start.ts'
import { useNotices } from '../../stores/notices.ts'
import { useTasks, type Pasted } from '../../stores/tasks.ts'
import type { Draft } from './use-draft.ts'

/** What was filled in from elsewhere, and the way back. */
export interface Strip {
  imported: Pasted
  /** Into a new task, which had nothing of its own yet. */
  fresh: boolean
  undo: () => void
}

/** A single request that was tried: when, and what came of it. */
export interface Attempt {
  at: number
  result: TryResult | null
  error: AppError | null
}

export type EditorActions = ReturnType<typeof useEditorActions>

/** What the editor does besides being typed into. */
export function useEditorActions(draft: Draft, root: Readonly<Ref<HTMLElement | null>>) {
  const [tasks, notices, { start }] = [useTasks(), useNotices(), useStart()]
  const { parseText } = usePaste()
  const strip = shallowRef<Strip | null>(null)
  const attempt = shallowRef<Attempt | null>(null)
  const trying = ref(false)
  const starting = ref(false)

  /** Saves, then runs; with a problem it goes there instead and nothing is sent. */
  async function run(): Promise<void> {
    if (starting.value || !isWhole()) return
    starting.value = true
    try {
      const id = await draft.flush()
      if (id !== null) await start(id, draft.form.steps[0]?.request.url ?? '')
    } catch (error) {
      notices.refused(error)
    }
    starting.value = false
  }

  async function tryOnce(): Promise<void> {
    if (trying.value || !isWhole()) return
    trying.value = true
    try {
      attempt.value = { at: Date.now(), result: await tasks.tryOnce(draft.spec.value, draft.id.value), error: null }
    } catch (error) {
      attempt.value = { at: Date.now(), result: null, error: asAppError(error) }
    }
    trying.value = false
  }

  function isWhole(): boolean {
    if (draft.spec.value !== null) return true
    draft.showAll.value = true
    jumpTo(draft.problems.value[0]?.path ?? '')
    return false
  }

  /** Focuses the field of a path, or the nearest one above it. */
  function jumpTo(whole: string): void {
    const path = draft.reveal(whole)
    void nextTick(() => {
      const fields = [...(root.value?.querySelectorAll<HTMLElement>('[data-path]') ?? [])]
      const field = fields.find(({ dataset }) => dataset.path === path) ?? fields.find(({ dataset }) => dataset.path !== undefined && dataset.path !== '' && path.startsWith(dataset.path))
      field?.focus()
      field?.scrollIntoView({ block: 'nearest' })
    })
  }

  function take(imported: Pasted, fresh = draft.state.value === 'new'): void {
    const undo = draft.take(imported, fresh)
    const back = (): void => {
      undo()
      strip.value = null
    }
    strip.value = imported.taken.length + imported.skipped.length === 0 ? null : { imported, fresh, undo: back }
  }

  /** In the place of what was taken before: other requests of the same file, or sent elsewhere. */
  function retake(imported: Pasted): void {
    const fresh = strip.value?.fresh
    strip.value?.undo()
    take(imported, fresh)
  }

  /** A command or an export pasted into the URL bar fills the form. */
  async function paste(text: string): Promise<void> {
    try {
      const imported = await parseText(text)
      if (imported !== null) take(imported)
    } catch (error) {
      notices.refused(error)
    }
  }

  /** Another task is opened: what was tried and pasted belonged to the former. */
  function reset(): void {
    strip.value = null
    attempt.value = null
  }

  const focusUrl = (): void => jumpTo('request.url')

  return { strip, attempt, trying, starting, run, tryOnce, jumpTo, take, retake, paste, reset, focusUrl }
}
