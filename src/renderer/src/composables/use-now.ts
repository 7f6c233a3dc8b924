import { onScopeDispose, ref, watch, type Ref } from 'vue'

/**
 * The clock, ms since the epoch, moving every `everyMs` while the component lives and something goes on: a page at rest wakes nobody.
 * With `news` it moves when that changes, and by itself only when that has not changed for so long: two clocks would draw everything twice.
 */
export function useNow(everyMs: number, goesOn: () => boolean = () => true, news?: () => unknown): Readonly<Ref<number>> {
  const now = ref(Date.now())
  const tick = (): void => void (now.value = Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  watch([goesOn, () => news?.()], ([goes]) => {
    clearInterval(timer)
    if (!goes) return
    tick()
    timer = setInterval(tick, everyMs)
  }, { immediate: true })
  onScopeDispose(() => clearInterval(timer))
  return now
}
