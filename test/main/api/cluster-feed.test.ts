import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { feedCluster } from '../../../src/main/api/cluster-feed.ts'
import { EventHub } from '../../../src/main/api/event-hub.ts'
import { scriptedNode } from '../../renderer/cluster-scenes.ts'
import { ALONE } from '../../renderer/scripted-bridge.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

test('nodes are told of each second while something runs, and each five at rest', async () => {
  let [looks, resting] = [0, false]
  let nudge = (): void => undefined
  const hub = new EventHub()
  const heard = vi.fn()
  hub.on('node:changed', heard)
  const stop = feedCluster({ watch: (_topic, listener) => { nudge = listener; return () => undefined } }, {
    'node.list': async () => [scriptedNode('w1', {}, { cpuPercent: ++looks })],
    'cluster.get': async () => ALONE,
  }, hub, () => resting)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(heard).toHaveBeenCalledTimes(10)
  resting = true
  await vi.advanceTimersByTimeAsync(20_000)
  expect(heard).toHaveBeenCalledTimes(14)
  nudge()
  await vi.advanceTimersByTimeAsync(0)
  expect(heard).toHaveBeenCalledTimes(15)
  resting = false
  await vi.advanceTimersByTimeAsync(1000)
  expect(heard).toHaveBeenCalledTimes(16)
  stop()
})
