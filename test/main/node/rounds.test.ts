import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rounds } from '../../../src/main/node/rounds.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function loop(round: () => Promise<void>) {
  const ending = new AbortController()
  const errors: unknown[] = []
  let nudge = (): void => undefined
  let silenced = false
  const ended = rounds(round, {
    everyMs: 1000,
    signal: ending.signal,
    onError: (error) => errors.push(error),
    nudges: (ring) => {
      nudge = ring
      return () => void (silenced = true)
    },
  })
  return { ended, errors, end: () => ending.abort(), nudge: () => nudge(), silenced: () => silenced }
}

test('looks at once, then every second, then no more', async () => {
  let count = 0
  const { ended, end, silenced } = loop(async () => void count++)
  expect(count).toBe(1)
  await vi.advanceTimersByTimeAsync(2500)
  expect(count).toBe(3)
  end()
  await ended
  await vi.advanceTimersByTimeAsync(5000)
  expect(count).toBe(3)
  expect(silenced()).toBe(true)
})

test('looks at once when nudged, and once more when nudged meanwhile', async () => {
  let count = 0
  const gates: (() => void)[] = []
  const { nudge, ended, end } = loop(() => new Promise((resolve) => {
    count++
    gates.push(resolve)
  }))
  nudge()
  nudge()
  expect(count).toBe(1)
  gates[0]!()
  await vi.advanceTimersByTimeAsync(0)
  expect(count).toBe(2)
  gates[1]!()
  await vi.advanceTimersByTimeAsync(0)
  expect(count).toBe(2)
  nudge()
  await vi.advanceTimersByTimeAsync(0)
  expect(count).toBe(3)
  end()
  gates[2]!()
  await ended
})

test('goes on after a round that failed', async () => {
  let count = 0
  const { errors, ended, end } = loop(async () => {
    if (count++ === 0) throw new Error('out of reach')
  })
  await vi.advanceTimersByTimeAsync(1000)
  expect(count).toBe(2)
  expect(errors).toHaveLength(1)
  end()
  await ended
})
