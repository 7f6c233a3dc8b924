import { computed, ref } from 'vue'
import { protocolOf } from '../../../../shared/task/protocol.ts'
import { firstTab, tabOf, type TabName } from './editor-tabs.ts'
import type { StepForm } from './step-form.ts'
import type { TaskForm } from './task-form.ts'

/** What of the task the editor shows: one of its steps, on one of the tabs; and what variables can stand there. */
export function createShownPart(form: TaskForm) {
  /** Index of the step. */
  const current = ref(0)
  const step = computed(() => form.steps[current.value] ?? (form.steps[0] as StepForm))
  const request = computed(() => step.value.request)
  const protocol = computed(() => protocolOf(request.value.url))
  const tab = ref<TabName>('headers')
  /** Names that earlier steps extract. */
  const extracted = computed(() => (form.stepwise && form.stepOrder === 'sequence' ? form.steps.slice(0, current.value).flatMap(({ extract }) => extract.map(({ name }) => name)) : []))
  /** What variables can name, also while the task is not whole. */
  const names = computed(() => ({
    vars: Object.fromEntries(form.vars.map(({ name, value }) => [name, value])),
    env: Object.fromEntries(form.env.map(({ name }) => [name, ''])),
    data: Object.fromEntries(form.data.map(({ name, columns }) => [name, { mode: 'sequential' as const, columns }])),
  }))

  /** Another task stands in the form. */
  function begin(): void {
    current.value = 0
    tab.value = firstTab(protocol.value, request.value.bodyKind !== 'text' || request.value.body !== '')
  }

  /** Where a field of the shown request stands in the task. */
  const at = (path: string): string => (form.stepwise && /^request\b/.test(path) ? `steps[${String(current.value)}].${path}` : path)

  /** Shows the step and the tab on which a path stands; gives the path of the field there. */
  function reveal(path: string): string {
    const [, index, field = ''] = /^steps\[(\d+)\]\.(.*)$/.exec(path) ?? []
    if (index !== undefined) current.value = Number(index)
    const shown = index !== undefined && field.startsWith('request') ? field : path
    tab.value = tabOf(shown, protocol.value) ?? tab.value
    return shown
  }

  return { current, step, request, protocol, tab, extracted, names, begin, at, reveal }
}
