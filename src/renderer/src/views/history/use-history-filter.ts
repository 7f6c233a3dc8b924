import { computed, ref } from 'vue'
import type { RunFilter } from '../../../../shared/results/run-filter.ts'
import type { Verdict } from '../../../../shared/results/summary.ts'

const DAY_MS = 86_400_000
const SPANS = { any: null, day: 1, week: 7, month: 30 } as const

/** What the history is narrowed to; `all` and `any` leave it as it is, since a select knows no empty value. */
export function useHistoryFilter() {
  const task = ref('all')
  const verdict = ref<Verdict | 'all'>('all')
  const span = ref<keyof typeof SPANS>('any')
  const tag = ref('all')
  const text = ref('')
  const filter = computed<RunFilter>(() => {
    const days = SPANS[span.value]
    return {
      ...(task.value === 'all' ? {} : { taskId: task.value }),
      ...(verdict.value === 'all' ? {} : { verdict: verdict.value }),
      ...(days === null ? {} : { from: Date.now() - days * DAY_MS }),
      ...(tag.value === 'all' ? {} : { tag: tag.value }),
      ...(text.value.trim() === '' ? {} : { text: text.value.trim() }),
    }
  })
  function clear(): void {
    task.value = verdict.value = tag.value = 'all'
    span.value = 'any'
    text.value = ''
  }
  return { task, verdict, span, tag, text, filter, clear, narrowed: computed(() => Object.keys(filter.value).length > 0) }
}
