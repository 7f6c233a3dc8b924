import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** The clock, ms since the epoch, moving every `everyMs` while the component lives and something goes on: a page at rest wakes nobody. */
export function useNow(everyMs: number, goesOn: () => boolean = () => true): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const tick = (): void => void (now.value = Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  watch(goesOn, (goes) => {
    clearInterval(timer)
    if (!goes) return
    tick()
    timer = setInterval(tick, everyMs)
  }, { immediate: true })
  onScopeDispose(() => clearInterval(timer))
  return now
}
