import { onBeforeUnmount, ref, type Ref } from 'vue'

/** The clock, ms since the epoch, moving every `everyMs` while the component lives. */
export function useNow(everyMs = 500): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), everyMs)
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
