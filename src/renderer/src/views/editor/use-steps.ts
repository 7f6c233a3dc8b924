import { computed, ref } from 'vue'
import { useText } from '../../composables/use-text.ts'
import { freeStepName, nextStep, type StepForm } from './step-form.ts'
import { useDraft } from './use-draft.ts'

/** What can be done to the steps of a task. The step that is shown stays shown when its place changes. */
export function useSteps() {
  const draft = useDraft()
  const { t } = useText()
  const { form, current } = draft
  const steps = computed(() => form.steps)
  /** What happened, for a screen reader. */
  const told = ref('')

  function add(): void {
    const last = form.steps.at(-1)
    if (last === undefined) return
    if (!form.stepwise) last.name = freeStepName([], 'step 1')
    form.stepwise = true
    form.steps.push(nextStep(form.steps, last))
    current.value = form.steps.length - 1
  }
  function duplicate(index: number): void {
    const step = form.steps[index]
    if (step === undefined) return
    const copy = JSON.parse(JSON.stringify(step)) as StepForm
    form.steps.splice(index + 1, 0, { ...copy, name: freeStepName(form.steps, `${step.name} 2`) })
    current.value = index + 1
  }
  /** The last one that is left is the request of a task without steps. */
  function remove(index: number): void {
    form.steps.splice(index, 1)
    current.value = Math.min(current.value > index ? current.value - 1 : current.value, form.steps.length - 1)
    const [only] = form.steps
    if (form.steps.length > 1 || only === undefined) return
    form.stepwise = false
    form.checks.unshift(...only.checks)
    only.checks = []
  }
  function move(from: number, to: number): void {
    const step = form.steps[from]
    if (step === undefined || to < 0 || to >= form.steps.length || from === to) return
    const shown = form.steps[current.value]
    form.steps.splice(from, 1)
    form.steps.splice(to, 0, step)
    current.value = Math.max(0, form.steps.indexOf(shown as StepForm))
    told.value = t('steps.moved', { name: step.name, n: to + 1, of: form.steps.length })
  }

  return { steps, current, told, add, duplicate, remove, move }
}
