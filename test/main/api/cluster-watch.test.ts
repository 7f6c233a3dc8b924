import { beforeEach, describe, expect, test } from 'vitest'
import { ClusterWatch, type ThisNode } from '../../../src/main/api/cluster-watch.ts'
import type { Lease, NodeInfo } from '../../../src/shared/cluster/cluster.ts'
import { nodeOf } from '../../contract/fixtures.ts'

/** A cluster state whose clock is turned by hand; every second its living nodes beat and its master renews. */
class Scene {
  now = 0
  living = new Map<string, NodeInfo>()
  listed = new Map<string, NodeInfo>()
  lease: Lease | null = null
  masterLives = true
  reachable = true
  readonly watch: ClusterWatch

  constructor(here: Partial<ThisNode> = {}) {
    const answer = async <T>(value: T): Promise<T> => {
      if (!this.reachable) throw new Error('ECONNREFUSED')
      return value
    }
    const cluster = { nodes: () => answer([...this.listed.values()]), master: () => answer(this.lease) }
    const clocks = { now: () => 1_700_000_000_000 + this.now, monotonic: () => this.now }
    this.watch = new ClusterWatch(cluster, { id: 'here', mode: 'redis', address: 'redis://10.0.0.5:6379', namespace: 'default', secured: true, ...here }, clocks)
  }

  join(id: string, changes: Partial<NodeInfo> = {}): void {
    const info = nodeOf(id, changes)
    this.living.set(id, info)
    this.listed.set(id, info)
  }

  lead(nodeId: string, epoch = 7): void {
    this.lease = { nodeId, epoch, token: 't', renews: 1 }
  }

  /** Seconds pass; looked at once a second, or not at all. */
  async pass(seconds: number, looking = true): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.now += 1000
      for (const [id, info] of this.living) {
        const next = { ...info, beat: info.beat + 1 }
        this.living.set(id, next)
        if (this.reachable) this.listed.set(id, next)
      }
      if (this.lease !== null && this.masterLives && this.reachable) this.lease = { ...this.lease, renews: this.lease.renews + 1 }
      if (looking) await this.watch.look()
    }
  }

  state(id: string): string | undefined {
    return this.watch.rows().find(({ info }) => info.id === id)?.state
  }
}

let scene: Scene
beforeEach(async () => {
  scene = new Scene()
  for (const id of ['here', 'w1', 'w2']) scene.join(id)
  scene.lead('w1')
  await scene.pass(3)
})

describe('a node', () => {
  test('is shown with its state, this one first', () => {
    scene.join('w10', { drained: true })
    scene.join('w3', { cpuPercent: 97 })
    scene.join('w4', { parked: true })
    scene.join('w5', { protocol: { major: 2, minor: 0 } })
    return scene.pass(1).then(() => {
      expect(scene.watch.rows().map(({ info, state }) => `${info.id} ${state}`)).toEqual(['here ok', 'w1 ok', 'w2 ok', 'w3 hot', 'w4 parked', 'w5 incompatible', 'w10 drained'])
      expect(scene.watch.rows().find(({ isMaster }) => isMaster)?.info.id).toBe('w1')
    })
  })

  test('whose beat stands still for five seconds is lost, and stays on the list with its silence', async () => {
    scene.living.delete('w2')
    await scene.pass(4)
    expect(scene.state('w2')).toBe('ok')
    await scene.pass(3)
    expect(scene.watch.rows().at(-1)).toMatchObject({ info: { id: 'w2' }, state: 'lost', silentMs: 7000 })
  })

  test('that the master strikes off while it is silent stays on the list as lost', async () => {
    scene.living.delete('w2')
    await scene.pass(3)
    scene.listed.delete('w2')
    await scene.pass(1)
    expect(scene.state('w2')).toBe('lost')
    await scene.pass(600)
    expect(scene.state('w2')).toBeUndefined()
  })

  test('that leaves in order is gone at once, its name is kept', async () => {
    scene.living.delete('w2')
    scene.listed.delete('w2')
    await scene.pass(1)
    expect(scene.state('w2')).toBeUndefined()
    expect(scene.watch.nameOf('w2')).toBe('w2')
  })

  test('that comes back is no longer lost', async () => {
    scene.living.delete('w2')
    await scene.pass(8)
    scene.join('w2', { boot: 'another' })
    await scene.pass(1)
    expect(scene.state('w2')).toBe('ok')
  })

  test('that was taken off the list stays off until it says something new', async () => {
    scene.living.delete('w2')
    await scene.pass(8)
    scene.watch.forget('w2')
    await scene.pass(2)
    expect(scene.state('w2')).toBeUndefined()
    scene.join('w2', { boot: 'another' })
    await scene.pass(1)
    expect(scene.state('w2')).toBe('ok')
  })

  test('is not condemned because nobody looked, nor because nothing could be seen', async () => {
    await scene.pass(60, false)
    scene.listed.set('w2', { ...scene.listed.get('w2')!, beat: 5 }) // as it was: its next beat is on the way
    await scene.watch.look()
    scene.reachable = false
    await scene.pass(30)
    scene.reachable = true
    await scene.watch.look()
    expect(scene.watch.rows().map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
  })
})

describe('the mastership', () => {
  test('is told with its epoch and how long ago it was renewed', () => {
    expect(scene.watch.view()).toMatchObject({ connected: true, master: { nodeId: 'w1', epoch: 7, renewedMs: 0 }, masterlessMs: null, formerMaster: null })
  })

  test('counts as nobody’s from the third second without a renewal, before the lock is gone', async () => {
    scene.masterLives = false
    await scene.pass(2)
    expect(scene.watch.view().master).not.toBeNull()
    await scene.pass(1)
    expect(scene.watch.view()).toMatchObject({ master: null, masterlessMs: 3000, formerMaster: 'w1' })
    scene.lease = null
    await scene.pass(2)
    expect(scene.watch.view()).toMatchObject({ master: null, masterlessMs: 5000, formerMaster: 'w1' })
    scene.masterLives = true
    scene.lead('w2', 8)
    await scene.pass(1)
    expect(scene.watch.view()).toMatchObject({ master: { nodeId: 'w2', epoch: 8 }, masterlessMs: null, formerMaster: null })
  })
})

describe('a cluster state out of reach', () => {
  test('is told with the last contact, and with when the workers stop by themselves', async () => {
    scene.reachable = false
    await scene.pass(4)
    expect(scene.watch.view()).toMatchObject({ connected: false, lastContactAt: 1_700_000_003_000, workersStopInMs: 6000, master: { nodeId: 'w1' } })
    await scene.pass(20)
    expect(scene.watch.view()).toMatchObject({ workersStopInMs: 0, master: { nodeId: 'w1' } })
    expect(scene.watch.rows().map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
    scene.reachable = true
    await scene.pass(1)
    expect(scene.watch.view()).toMatchObject({ connected: true, workersStopInMs: null })
  })
})

test('sentinels are counted with the majority that they need', async () => {
  for (const id of ['s1', 's2', 's3']) scene.join(id, { role: 'sentinel' })
  await scene.pass(1)
  scene.living.delete('s3')
  await scene.pass(6)
  expect(scene.watch.view().sentinels).toEqual({ alive: 2, registered: 3, quorum: 2 })
})

test('what to type on another machine says where, and asks for the secret only where there is one', () => {
  expect(scene.watch.view()).toMatchObject({
    joinCommand: 'stampede worker --redis redis://10.0.0.5:6379 --secret-file cluster.secret',
    sentinelCommand: 'stampede sentinel --redis redis://10.0.0.5:6379 --secret-file cluster.secret --sentinels 3',
  })
  expect(new Scene({ namespace: 'team-a', secured: false }).watch.view().joinCommand).toBe('stampede worker --redis redis://10.0.0.5:6379 --namespace team-a')
  expect(new Scene({ mode: 'local', address: null }).watch.view().joinCommand).toBeNull()
})
