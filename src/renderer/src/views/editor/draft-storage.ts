import type { TaskForm } from './task-form.ts'

/** Half-written tasks that the store would refuse: kept in the browser until they are whole. */
const keyOf = (id: string | null): string => `stampede.draft.${id ?? 'new'}`

export function keepDraft(id: string | null, form: TaskForm): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(form))
  } catch {
    // A full or forbidden storage costs the draft's survival of a reload, nothing else.
  }
}

export function keptDraft(id: string | null): TaskForm | null {
  try {
    return JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') as TaskForm | null
  } catch {
    return null
  }
}

export function dropDraft(id: string | null): void {
  try {
    localStorage.removeItem(keyOf(id))
  } catch {
    // Nothing was kept then.
  }
}
