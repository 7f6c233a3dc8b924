import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, ref, watch } from 'vue'
import { useNow } from '../../../src/renderer/src/composables/use-now.ts'

beforeEach(() => vi.useFakeTimers({ now: 1000 }))
afterEach(() => vi.useRealTimers())

/** The moments at which the clock moved. */
function clock(everyMs: number, goesOn?: () => boolean, news?: () => unknown) {
  const moved: number[] = []
  const scope = effectScope()
  const now = scope.run(() => {
    const shown = useNow(everyMs, goesOn, news)
    watch(shown, (ms) => moved.push(ms), { flush: 'sync' })
    return shown
  })!
  return { now, moved, stop: () => scope.stop() }
}

test('it moves while something goes on, and wakes nobody afterwards', async () => {
  const goes = ref(true)
  const { moved } = clock(500, () => goes.value)
  vi.advanceTimersByTime(1100)
  expect(moved).toEqual([1500, 2000])
  goes.value = false
  await nextTick()
  expect(vi.getTimerCount()).toBe(0)
})

test('it goes with the news, and by itself only when there are none', async () => {
  const second = ref(0)
  const { moved } = clock(1100, undefined, () => second.value)
  for (let i = 0; i < 3; i++) {
    vi.advanceTimersByTime(1000)
    second.value++
    await nextTick()
  }
  expect(moved).toEqual([2000, 3000, 4000])
  vi.advanceTimersByTime(2300)
  expect(moved.slice(3)).toEqual([5100, 6200])
})

test('a component that is gone leaves no clock behind', () => {
  const { stop } = clock(500)
  expect(vi.getTimerCount()).toBe(1)
  stop()
  expect(vi.getTimerCount()).toBe(0)
})
