import { expect, test } from 'vitest'
import { isLocalAddress, roleKey, roleOf, shortAddress, troubleOf, versionAgainst } from '../../../src/renderer/src/composables/cluster-state.ts'
import { scriptedNode } from '../cluster-scenes.ts'
import { ALONE } from '../scripted-bridge.ts'

const REDIS = { ...ALONE, mode: 'redis' as const, address: 'redis://10.0.0.5:6379' }

test('what is wrong with a cluster: out of reach goes before no master, and a single machine has neither', () => {
  expect(troubleOf(null)).toBeNull()
  expect(troubleOf({ ...ALONE, masterlessMs: 10 })).toBeNull()
  expect(troubleOf(REDIS)).toBeNull()
  expect(troubleOf({ ...REDIS, masterlessMs: 4000 })).toBe('masterless')
  expect(troubleOf({ ...REDIS, masterlessMs: 4000, connected: false })).toBe('disconnected')
})

test('versions are compared as numbers', () => {
  expect(versionAgainst('0.10.0', '0.9.8')).toBe('newer')
  expect(versionAgainst('0.9.8', '0.10.0')).toBe('older')
  expect(versionAgainst('1.0.0', '1.0.0')).toBeNull()
  expect(versionAgainst('1.0.0', undefined)).toBeNull()
})

test('an address is shown as host and port, and one of this machine is known', () => {
  expect(shortAddress('rediss://redis.lan:6380/2')).toBe('redis.lan:6380/2')
  expect(shortAddress('redis+sentinel://a:26379,b:26379/mine')).toBe('a:26379')
  expect(shortAddress(null)).toBe('')
  expect(['redis://127.0.0.1:6379', 'redis://localhost:6379', 'redis://[::1]:6379', 'redis://10.0.0.5:6379'].map(isLocalAddress)).toEqual([true, true, true, false])
})

test('a node is called by what it does now, and by what it may do', () => {
  const roles = [scriptedNode('a', { isMaster: true }), scriptedNode('b'), scriptedNode('c', {}, { role: 'worker' }), scriptedNode('d', {}, { priority: 0 }), scriptedNode('e', {}, { role: 'sentinel' })]
  expect(roles.map(roleKey)).toEqual(['nodes.masterWorker', 'nodes.worker', 'nodes.workerOnly', 'nodes.workerOnly', 'nodes.sentinel'])
  expect(roles.map(roleOf)).toEqual(['master', 'worker', 'worker', 'worker', 'sentinel'])
})
