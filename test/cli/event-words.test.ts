import { expect, test } from 'vitest'
import { eventLine, isWorthTelling } from '../../src/main/cli/event-words.ts'
import { nodeRows } from '../../src/main/cli/node-table.ts'
import { words } from '../../src/main/cli/words.ts'
import type { RunEvent, Summary } from '../../src/shared/results/summary.ts'
import { summaryOf } from '../contract/fixtures.ts'

const events: RunEvent[] = [
  { atMs: 1000, kind: 'rate-changed', detail: { from: 100, to: 200 } },
  { atMs: 5000, kind: 'node-lost', detail: { node: 'w4', share: 0.25 } },
  { atMs: 6000, kind: 'shares-moved', detail: { node: 'w4', to: 'w1, w2' } },
  { atMs: 62_000, kind: 'master-changed', detail: { node: 'w2', epoch: 8, afterMs: 3400 } },
  { atMs: 63_000, kind: 'deficit', detail: { perSecond: 50 } },
]

test('what happened to the cluster is told in a few words, with its time', () => {
  expect(events.map((event) => eventLine(event, 'en'))).toEqual([
    '00:01 rate from 100 req/s to 200 req/s', '00:05 w4 lost', '00:06 its load moved to w1, w2', '01:02 w2 is master, epoch 8, after 3.40 s', '01:03 nobody can carry 50 req/s',
  ])
  expect(events.slice(1, 4).map((event) => eventLine(event, 'zh-CN'))).toEqual(['00:05 w4 失联', '00:06 负载已移交 w1, w2', '01:02 w2 成为主节点，任期 8，历时 3.40 s'])
})

test('the troubles of the generator are told elsewhere', () => {
  expect(isWorthTelling({ atMs: 0, kind: 'generator-problem', detail: {} })).toBe(false)
  expect(events.every(isWorthTelling)).toBe(true)
})

test('the nodes of a run have a row each, where there were several', () => {
  const node = { id: 'a', name: 'desk', share: 0.5, started: 2500, completed: 2500, cpuPercent: 31, loopLagMsP99: 0.4, lostAtMs: null }
  const of = (nodes: Summary['nodes']): string[] => nodeRows({ ...summaryOf('run', 'task'), nodes }, words('en'))
  expect(of([node])).toEqual([])
  expect(of([node, { ...node, id: 'b', name: 'w4', started: 100, lostAtMs: 5000 }])).toEqual([
    expect.stringMatching(/^desk +50% +started 2,500 +cpu 31% {2}loop lag 0\.4 ms$/),
    expect.stringMatching(/^w4 +50% +started 100 +✕ lost 00:05$/),
  ])
})
