import { expect, test } from 'vitest'
import { inAnotherCluster } from '../../src/renderer/src/another-cluster.ts'
import { ALONE } from './scripted-bridge.ts'

test('the screens begin anew in another cluster, and only then', () => {
  let begun = 0
  const look = inAnotherCluster(() => begun++)
  const there = { ...ALONE, mode: 'redis', address: 'redis://10.0.0.5:6379', namespace: 'default' } as const
  for (const view of [ALONE, { ...ALONE, connected: false }, { ...ALONE, master: null }]) look(view)
  expect(begun).toBe(0)
  look(there)
  expect(begun).toBe(1)
  look({ ...there, connected: false })
  look({ ...there, namespace: 'other' })
  expect(begun).toBe(2)
})
