import { describe, expect, test } from 'vitest'
import { matching, type PaletteEntry } from '../../../src/renderer/src/composables/palette-entries.ts'

const entry = (group: PaletteEntry['group'], label: string, detail = ''): PaletteEntry => ({ id: label, group, label, detail, run: () => undefined })
const ENTRIES = [entry('runs', 'checkout', 'Nov 23'), entry('actions', 'New task'), entry('tasks', 'search-api', 'GET /v1/search'), entry('tasks', 'checkout-api', 'POST /v1/orders'), entry('nodes', 'w1', 'worker')]
const found = (typed: string): string[] => matching(ENTRIES, typed).map(({ label }) => label)

describe('the command palette', () => {
  test('offers everything before anything is typed, in the order of its groups', () => {
    expect(found('')).toEqual(['New task', 'search-api', 'checkout-api', 'checkout', 'w1'])
  })

  test('finds by every word, in label and detail, whatever the case', () => {
    expect(found('POST check')).toEqual(['checkout-api'])
    expect(found('WORKER')).toEqual(['w1'])
    expect(found('nothing of this')).toEqual([])
  })

  test('puts what begins with the text before what only holds it', () => {
    expect(matching([entry('tasks', 'my api'), entry('tasks', 'api two')], 'api').map(({ label }) => label)).toEqual(['api two', 'my api'])
  })

  test('shows a handful of each group', () => {
    expect(matching(Array.from({ length: 50 }, (_, i) => entry('runs', `run ${String(i)}`)), 'run')).toHaveLength(8)
  })
})
