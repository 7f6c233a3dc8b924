import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keepEqual } from '../../../src/renderer/src/stores/keep-equal.ts'
import { runView } from '../synthetic-run.ts'

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

test('what says the same stays the same object, what says something else says it', () => {
  // Copied, as what comes over a bridge is: JSON has no minus zero.
  const said = fc.jsonValue().map(copy)
  fc.assert(fc.property(said, said, (before, after) => {
    expect(keepEqual(before, copy(before))).toBe(before)
    expect(keepEqual(before, after)).toEqual(after)
  }))
})

test('of a view in which one figure moved, all the rest stays the same object', () => {
  const before = runView(0)
  const after = keepEqual(before, copy({ ...before, recent: { ...before.recent, p50: 6.5 } }))
  expect(after).toEqual({ ...before, recent: { ...before.recent, p50: 6.5 } })
  for (const part of ['run', 'plan', 'thresholds', 'events', 'nodes', 'errors'] as const) expect(after[part]).toBe(before[part])
})

test('an item less is no longer the same list, and a key of another name not the same object', () => {
  expect(keepEqual([1, 2], [1])).toEqual([1])
  expect(keepEqual({ a: undefined }, { b: undefined })).toEqual({ b: undefined })
})
