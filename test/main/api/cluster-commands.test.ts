import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clusterCommands } from '../../../src/main/api/cluster-commands.ts'
import { ClusterWatch } from '../../../src/main/api/cluster-watch.ts'
import type { ApiParts } from '../../../src/main/api/parts.ts'
import { Stops } from '../../../src/main/api/stops.ts'
import type { Acquired } from '../../../src/main/backend/cluster-state.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { nodeOf } from '../../contract/fixtures.ts'

let cluster: MemoryClusterState
let commands: ReturnType<typeof clusterCommands>

beforeEach(async () => {
  cluster = new MemoryClusterState()
  for (const node of [nodeOf('desk'), nodeOf('w1', { priority: 5 }), nodeOf('w2', { role: 'worker' }), nodeOf('w3', { priority: 0 }), nodeOf('s1', { role: 'sentinel', priority: 0 })]) await cluster.heartbeat(node, { epoch: 0, revision: 0 })
  const parts = { cluster, newId: () => 'id' } as unknown as ApiParts
  const watch = new ClusterWatch(cluster, { id: 'desk', mode: 'redis', address: 'redis://10.0.0.5:6379', namespace: 'default', secured: true })
  commands = clusterCommands(parts, watch, new Stops(parts))
})
afterEach(() => cluster.close())

const lead = async () => ((await cluster.acquire('desk', 0, 'token')) as Acquired).lease
const wishes = async () => {
  const polled = await cluster.poll(await lead(), '')
  return polled.ok ? polled.value.intents : []
}

describe('a wish about a node', () => {
  test('reaches the master', async () => {
    await commands['node.drain']({ id: 'w1' })
    await commands['node.resume']({ id: 'w1' })
    await commands['node.setPriority']({ id: 'w1', priority: 8 })
    await commands['node.makeMaster']({ id: 'w1', reason: 'desk is to be updated' })
    await commands['node.markLost']({ id: 'w2' })
    expect(await wishes()).toEqual([
      { id: 'id', op: 'drain', nodeId: 'w1' },
      { id: 'id', op: 'resume', nodeId: 'w1' },
      { id: 'id', op: 'set-priority', nodeId: 'w1', value: 8 },
      { id: 'id', op: 'make-master', nodeId: 'w1', reason: 'desk is to be updated' },
      { id: 'id', op: 'mark-lost', nodeId: 'w2' },
    ])
  })

  test.each([
    ['node.drain', 's1', 'conflict', 'sentinel'],
    ['node.drain', 'w9', 'not-found', 'no node w9'],
    ['node.makeMaster', 'w2', 'conflict', 'never leads'],
    ['node.makeMaster', 'w3', 'conflict', 'priority 0'],
  ] as const)('that makes no sense is refused: %s of %s', async (command, id, code, words) => {
    await expect(commands[command]({ id })).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
  })

  test('to make the master master is refused', async () => {
    await lead()
    await expect(commands['node.makeMaster']({ id: 'desk' })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('already') })
  })
})

test('the log of elections names everybody, with the reasons, newest first', async () => {
  await commands['node.list']({})
  await cluster.sentinels.handover(await lead(), ['w1'], [{ nodeId: 'w1', chosen: true, why: 'asked for' }, { nodeId: 'gone', name: 'old-box', chosen: false, why: 'silent for 9.0 s' }], 'desk is to be updated')
  expect(await commands['cluster.elections']({})).toMatchObject([{
    kind: 'handover', by: 'desk', deputies: ['w1'], reason: 'desk is to be updated',
    considered: [{ name: 'w1', chosen: true, why: 'asked for' }, { name: 'old-box', chosen: false, why: 'silent for 9.0 s' }],
  }])
})
