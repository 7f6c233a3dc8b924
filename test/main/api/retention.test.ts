import { expect, test } from 'vitest'
import { applyRetention } from '../../../src/main/api/retention.ts'
import type { Run } from '../../../src/shared/results/run.ts'
import { openRunOf } from '../../contract/fixtures.ts'

const DAY = 86_400_000
const NOW = 100 * DAY

function storeOf(runs: Run[]) {
  const left = new Map(runs.map((run) => [run.id, run]))
  return {
    left: () => [...left.keys()].sort(),
    runs: async ({ limit = 200, before = Infinity }: { limit?: number; before?: number }) => [...left.values()].filter(({ startedAt }) => startedAt < before).sort((a, b) => b.startedAt - a.startedAt).slice(0, limit),
    deleteRun: async (id: string) => void left.delete(id),
  }
}

/** Days old; ended unless said otherwise. */
const run = (id: string, days: number, changes: Partial<Run> = {}): Run => openRunOf(id, 't', { startedAt: NOW - days * DAY, endedAt: NOW - days * DAY + 1000, ...changes })
const ALL = [run('a', 1), run('b', 2), run('c', 3), run('d', 4, { pinned: true }), run('e', 5, { baseline: true }), run('f', 6, { endedAt: null }), run('g', 7)]

test('the newest stay, and so do pinned runs, baselines and what is going', async () => {
  const store = storeOf(ALL)
  expect(await applyRetention(store, { runs: 2, days: null }, NOW)).toEqual(['c', 'g'])
  expect(store.left()).toEqual(['a', 'b', 'd', 'e', 'f'])
})

test('what is older than so many days goes', async () => {
  const store = storeOf(ALL)
  await applyRetention(store, { runs: null, days: 3 }, NOW - 1)
  expect(store.left()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('without limits nothing goes', async () => {
  const store = storeOf(ALL)
  expect(await applyRetention(store, { runs: null, days: null }, NOW)).toEqual([])
})
