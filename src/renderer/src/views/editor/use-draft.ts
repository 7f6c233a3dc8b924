import { computed, inject, nextTick, provide, reactive, ref, watch, type InjectionKey } from 'vue'
import type { Imported } from '../../../../shared/contract/contract.ts'
import type { AppError, Problem } from '../../../../shared/errors.ts'
import { defaultTaskSpec, parseTaskSpec } from '../../../../shared/task/task-schema.ts'
import type { LoadSpec, Task, TaskSpec } from '../../../../shared/task/task.ts'
import { asAppError } from '../../bridge/wire.ts'
import { useTasks } from '../../stores/tasks.ts'
import { dropDraft, keepDraft, keptDraft } from './draft-storage.ts'
import { loadInput } from './load-form.ts'
import { fieldPath } from './load-paths.ts'
import { createShownPart } from './shown-part.ts'
import { specInput, taskForm, type TaskForm } from './task-form.ts'

const SAVE_AFTER_MS = 600

/** The task under edit: its form, what is wrong with it, and its way into the store without a Save button. */
export type Draft = ReturnType<typeof createDraft>
const KEY: InjectionKey<Draft> = Symbol('draft')

export function provideDraft(): Draft {
  const draft = createDraft()
  provide(KEY, draft)
  return draft
}

export function useDraft(): Draft {
  const draft = inject(KEY)
  if (draft === undefined) throw new Error('A field of the editor stands outside an editor.')
  return draft
}

function createDraft() {
  const tasks = useTasks()
  const form = reactive<TaskForm>(emptyForm())
  const id = ref<string | null>(null)
  const state = ref<'saved' | 'edited' | 'saving' | 'new'>('new')
  const touched = reactive(new Set<string>())
  const showAll = ref(false)
  const refused = ref<AppError | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let saving: Promise<unknown> = Promise.resolve()
  let loading = false

  const input = computed(() => specInput(form))
  const parsed = computed(() => parseTaskSpec(input.value))
  const spec = computed<TaskSpec | null>(() => (parsed.value.ok ? parsed.value.value : null))
  const shown = createShownPart(form)
  /** Sound on its own, also while the URL is missing: what the preview draws. */
  const load = computed<LoadSpec | null>(() => spec.value?.load ?? loadAlone(form))
  const problems = computed<Problem[]>(() => (parsed.value.ok ? [] : parsed.value.problems.map((problem) => ({ ...problem, path: fieldPath(problem.path, form.load) }))))
  const warnings = computed(() => parsed.value.warnings)

  /** The problem to show at a field: one that was left, or any after Run was tried. A path covers what is below it. */
  function problemAt(path: string): Problem | undefined {
    const whole = shown.at(path)
    if (!showAll.value && !touched.has(whole)) return undefined
    return problems.value.find((problem) => problem.path === whole || problem.path.startsWith(`${whole}.`) || problem.path.startsWith(`${whole}[`))
  }
  const warningAt = (path: string): Problem | undefined => warnings.value.find((warning) => warning.path === shown.at(path))

  watch(form, () => {
    if (loading) return
    state.value = 'edited'
    keepDraft(id.value, form)
    clearTimeout(timer)
    timer = setTimeout(() => void save().catch(() => undefined), SAVE_AFTER_MS)
  })

  /** Fills the form without calling it an edit. */
  function fill(next: TaskForm): void {
    loading = true
    Object.assign(form, next)
    shown.begin()
    touched.clear()
    showAll.value = false
    void nextTick(() => (loading = false))
  }

  async function open(taskId: string | null): Promise<void> {
    clearTimeout(timer)
    const task = taskId === null ? null : await tasks.get(taskId)
    id.value = taskId
    const stored = task === null ? null : taskForm(task.spec)
    const kept = keptDraft(taskId, stored)
    fill(kept ?? stored ?? emptyForm())
    state.value = kept !== null ? 'edited' : task === null ? 'new' : 'saved'
  }

  /** One save at a time; resolves with the stored task, or null while the form is not whole. */
  function save(): Promise<Task | null> {
    clearTimeout(timer)
    const next = saving.then(store, store)
    saving = next.catch(() => undefined)
    return next
  }

  /** What is on the screen is in the store; answers with the task's id, or null while the form is not whole. */
  async function flush(): Promise<string | null> {
    await saving
    if (state.value === 'saved') return id.value
    return (await save())?.id ?? null
  }

  async function store(): Promise<Task | null> {
    const whole = spec.value
    if (whole === null) return null
    const former = id.value
    state.value = 'saving'
    try {
      const task = former === null ? await tasks.create(whole) : await tasks.update(former, whole)
      dropDraft(former)
      id.value = task.id
      refused.value = null
      if (state.value === 'saving') state.value = 'saved'
      return task
    } catch (error) {
      state.value = 'edited'
      refused.value = asAppError(error)
      throw refused.value
    }
  }

  /** Fills in what comes from elsewhere; a whole task takes the place of the form. Of a cURL command, or while the task has a load of its own, load and thresholds are not its business. Gives the way back. @param fresh whether the task is new, with nothing of its own yet. */
  function take({ spec: { name, ...from }, format, whole: all = false }: Imported, fresh = state.value === 'new'): () => void {
    const before = JSON.parse(JSON.stringify(form)) as TaskForm
    const back = (): void => {
      Object.assign(form, before)
      shown.begin()
    }
    if (all) {
      Object.assign(form, taskForm({ name, ...from }))
      shown.begin()
      return back
    }
    const whole = format === 'k6' || (format !== 'curl' && fresh)
    const { steps, stepwise, stepOrder, cookies, auth, transport, vars, env, data, load: taken, checks, thresholds } = taskForm({ name, ...from })
    Object.assign(form, { steps, stepwise, stepOrder, cookies, auth, transport, name: form.name.trim() === '' ? name : form.name })
    if (whole) Object.assign(form, { load: taken, checks, ...(thresholds.length > 0 ? { thresholds } : {}) })
    if (vars.length > 0) form.vars = vars
    if (env.length > 0) form.env = env
    if (data.length > 0) form.data = data
    shown.begin()
    return back
  }

  return { ...shown, form, id, state, spec, load, problems, warnings, showAll, refused, problemAt, warningAt, touch: (path: string) => touched.add(shown.at(path)), open, flush, take }
}

/** The modest default without a target: nothing is wrong with it but the missing URL. */
function emptyForm(): TaskForm {
  return { ...taskForm({ ...defaultTaskSpec(''), thresholds: ['p99<200ms', 'errors<1%'] }), name: '' }
}

function loadAlone(form: TaskForm): LoadSpec | null {
  const parsed = parseTaskSpec({ load: loadInput(form.load), request: { url: 'http://localhost' } })
  return parsed.ok ? parsed.value.load : null
}
