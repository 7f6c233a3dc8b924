import { expect, test } from 'vitest'
import { createTexts } from '../../../../src/renderer/src/i18n.ts'
import { clusterSummary } from '../../../../src/renderer/src/views/nodes/cluster-summary.ts'
import type { ClusterView } from '../../../../src/shared/contract/contract.ts'
import { ALONE } from '../../scripted-bridge.ts'

const { global } = createTexts('en')
const said = (working: number, view: ClusterView, measured: number | null = null): string =>
  clusterSummary(working, view, measured, { language: 'en', t: (key, params = {}) => (typeof params.n === 'number' ? global.t(key, params, params.n) : global.t(key, params)) }).filter(Boolean).join(' ')
const LED: ClusterView = { ...ALONE, mode: 'redis', master: { nodeId: 'desk', name: 'desk', epoch: 7, renewedMs: 820 }, sentinels: { alive: 3, registered: 3, quorum: 2 } }

test('a single machine is told what it can, and what more would take', () => {
  expect(said(1, ALONE)).toBe('Only this machine. Add workers to go past what it can send.')
  expect(said(1, ALONE, 21_300)).toBe('Only this machine. Add workers to go past 21,300 req/s, the most it has sustained so far.')
})

test('a cluster is told with its master, its lease and its sentinels', () => {
  expect(said(4, LED, 46_000)).toBe('4 nodes. The most they have sustained so far is 46,000 req/s. desk is master (epoch 7, lock renewed 0.8 s ago). 3 sentinels, quorum 2.')
  expect(said(1, { ...LED, sentinels: { alive: 2, registered: 3, quorum: 2 } })).toContain('2 of 3 sentinels are heard, quorum 2.')
})

test('what would hurt later is said before', () => {
  expect(said(2, { ...LED, sentinels: { alive: 0, registered: 0, quorum: 1 } })).toContain('No sentinels')
  expect(said(2, { ...LED, sentinels: { alive: 1, registered: 3, quorum: 2 } })).toContain('Only 1 of 3 sentinels')
  expect(said(2, { ...LED, master: null, masterlessMs: 4000 })).toContain('Nobody is master.')
  expect(said(2, { ...LED, connected: false })).toContain('desk was master (epoch 7).')
})
