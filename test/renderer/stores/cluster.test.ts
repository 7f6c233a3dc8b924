import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { createApp } from 'vue'
import { BRIDGE } from '../../../src/renderer/src/bridge/index.ts'
import { useCluster } from '../../../src/renderer/src/stores/cluster.ts'
import { scriptedNode } from '../cluster-scenes.ts'
import { ALONE, createScriptedBridge, emptyScript, type ScriptedBridge } from '../scripted-bridge.ts'

let bridge: ScriptedBridge

beforeEach(() => {
  const script = emptyScript(0)
  script.nodes = [scriptedNode('w1', {}, { cpuPercent: 10 }), scriptedNode('s1', {}, { role: 'sentinel' }), scriptedNode('w4', { state: 'lost', silentMs: 9000 })]
  script.cluster = { ...ALONE, mode: 'redis', master: { nodeId: 'w1', name: 'w1', epoch: 7, renewedMs: 100 } }
  bridge = createScriptedBridge(script)
  const app = createApp({})
  app.provide(BRIDGE, bridge)
  app.use(createPinia())
  setActivePinia(app.config.globalProperties.$pinia)
})

test('the count of nodes is of those that can carry load', async () => {
  const cluster = useCluster()
  await cluster.load()
  expect(cluster.working).toBe(1)
  expect(cluster.epoch).toBe(7)
})

test('the trend of a node holds its last dozen values, and none of a lost one', async () => {
  const cluster = useCluster()
  cluster.listen()
  await cluster.load()
  for (let cpuPercent = 20; cpuPercent < 35; cpuPercent++) bridge.tell('node:changed', [scriptedNode('w1', {}, { cpuPercent }), scriptedNode('w4', { state: 'lost', silentMs: 9000 })])
  expect(cluster.trends.get('w1')).toEqual([23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34])
  expect(cluster.trends.get('w4')).toBeUndefined()
})

test('a node that has gone is still called by its name', async () => {
  const cluster = useCluster()
  cluster.listen()
  await cluster.load()
  bridge.tell('node:changed', [])
  expect(cluster.nameOf('w1')).toBe('w1')
  expect(cluster.nameOf('01JABCDEFGHJKMNPQRSTVWXYZ0')).toBe('01JABCDE')
})

test('who leads follows the facts', async () => {
  const cluster = useCluster()
  cluster.listen()
  await cluster.load()
  bridge.tell('cluster:changed', { ...bridge.script.cluster, master: null, masterlessMs: 3000, formerMaster: 'w1' })
  expect(cluster.epoch).toBeNull()
  expect(cluster.view?.formerMaster).toBe('w1')
})
