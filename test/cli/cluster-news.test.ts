import { expect, test } from 'vitest'
import { clusterNews } from '../../src/main/cli/cluster-news.ts'
import type { ClusterView } from '../../src/shared/contract/contract.ts'

const LED: ClusterView = {
  mode: 'redis', address: 'redis://10.0.0.5:6379', namespace: 'default', connected: true, lastContactAt: 1, master: { nodeId: 'w1', name: 'w1', epoch: 7, renewedMs: 100 },
  masterlessMs: null, formerMaster: null, sentinels: { alive: 3, registered: 3, quorum: 2 }, workersStopInMs: null, queuedStops: [], thisNode: 'me', joinCommand: null, sentinelCommand: null,
}
const textsOf = (views: ClusterView[], language: 'en' | 'zh-CN' = 'en'): unknown[] => {
  const news = clusterNews(language)
  return views.map(news).flatMap((notice) => (notice === null ? [] : [[notice.level, notice.sentence.params['text']]]))
}

test('a cluster that is well is no news', () => {
  expect(textsOf([LED, LED, { ...LED, master: null, masterlessMs: 1500, formerMaster: 'w1' }, LED])).toEqual([])
})

test('a lost master and a Redis that does not answer are told once each, and their end as well', () => {
  const masterless = { ...LED, master: null, masterlessMs: 3000, formerMaster: 'w1' }
  const cutOff = { ...LED, connected: false, workersStopInMs: 8000 }
  expect(textsOf([masterless, { ...masterless, masterlessMs: 4000 }, LED, cutOff, { ...cutOff, workersStopInMs: 7000 }, LED])).toEqual([
    ['warn', 'w1 is gone, electing. The load goes on.'],
    ['info', 'The cluster is back, led by w1.'],
    ['warn', 'redis://10.0.0.5:6379 does not answer. Workers that it does not answer either stop by themselves in 00:08.'],
    ['info', 'The cluster is back, led by w1.'],
  ])
})

test('and in Chinese', () => {
  expect(textsOf([{ ...LED, connected: false, workersStopInMs: 8000 }], 'zh-CN')).toEqual([['warn', 'redis://10.0.0.5:6379 无应答。同样得不到应答的工作节点将在 00:08 后自行停止。']])
})
