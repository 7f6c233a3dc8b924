import { withAuthSecrets, withoutAuthSecrets } from './auth-form.ts'
import type { TaskForm } from './task-form.ts'

/**
 * Half-written tasks that the store would refuse: kept in the browser until they are whole. Secrets are not, and neither
 * is what would fill the browser's storage.
 */
const MOST_CONTENT = 200_000
const keyOf = (id: string | null): string => `stampede.draft.3.${id ?? 'new'}`

export function keepDraft(id: string | null, form: TaskForm): void {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(withoutSecrets(form)))
  } catch {
    // A full or forbidden storage costs the draft's survival of a reload, nothing else.
  }
}

/** @param stored the task as it was saved: what a draft may not keep is taken from there. */
export function keptDraft(id: string | null, stored: TaskForm | null): TaskForm | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(id)) ?? 'null') as TaskForm | null
    return kept === null ? null : withSecrets(kept, stored)
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

export function withoutSecrets(form: TaskForm): TaskForm {
  const { key: _, ...transport } = form.transport
  return {
    ...form,
    transport,
    auth: withoutAuthSecrets(form.auth),
    env: form.env.map(({ name }) => ({ name, value: '' })),
    data: form.data.map((row) => ((row.content?.length ?? 0) > MOST_CONTENT ? { ...row, content: null } : row)),
  }
}

export function withSecrets(kept: TaskForm, stored: TaskForm | null): TaskForm {
  const contentOf = (name: string): string | null => stored?.data.find((row) => row.name === name)?.content ?? null
  const valueOf = (name: string): string => stored?.env.find((row) => row.name === name)?.value ?? ''
  return {
    ...kept,
    transport: { ...kept.transport, ...(stored?.transport.key === undefined ? {} : { key: stored.transport.key }) },
    auth: withAuthSecrets(kept.auth, stored?.auth),
    env: kept.env.map(({ name, value }) => ({ name, value: value === '' ? valueOf(name) : value })),
    data: kept.data.map((row) => (row.content === null ? { ...row, content: contentOf(row.name) } : row)),
  }
}
