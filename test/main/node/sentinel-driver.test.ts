import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SentinelFleet } from './sentinel-fleet.ts'
import { randomOf, VirtualTime } from './virtual-time.ts'

describe('sentinels', () => {
  let time: VirtualTime
  let fleet: SentinelFleet
  beforeEach(() => {
    time = new VirtualTime()
    time.install()
    fleet = new SentinelFleet(time, () => 0.5)
  })
  afterEach(() => {
    expect(fleet.broken).toEqual([])
    fleet.close()
    time.uninstall()
  })

  /** a leads; b is less busy than c, d would be the best but never leads. */
  async function settled({ sentinels = 3 } = {}): Promise<void> {
    fleet.node('a', { priority: 3 })
    await fleet.pass(500)
    fleet.node('c', { cpuPercent: 40 })
    fleet.node('b', { cpuPercent: 20 })
    fleet.node('d', { cpuPercent: 0, role: 'worker' })
    for (let k = 1; k <= sentinels; k++) fleet.sentinel(`s${k}`)
    await fleet.pass(6000)
    expect(fleet.believers).toEqual(['a'])
  }
  const follows = (id: string) => () => fleet.believers.length === 1 && fleet.believers[0] === id
  const elections = () => fleet.hub.sentinels.elections()

  test('have a killed master replaced by the best of the rest within seven seconds', async () => {
    await settled()
    fleet.master.dead = true
    expect(await fleet.until(follows('b'), 7000)).not.toBeNull()
    const [record, ...older] = await elections()
    expect(record).toMatchObject({ kind: 'election', deputies: ['b', 'c'], epoch: fleet.acquired[0]?.epoch })
    expect(record?.considered).toContainEqual(expect.objectContaining({ nodeId: 'd', chosen: false, why: 'a worker never leads' }))
    expect(older).toEqual([])
  })

  test('do so within seven seconds at whatever moment it dies', async () => {
    const tookMs: number[] = []
    for (let phase = 0; phase < 100; phase++) {
      fleet.close()
      fleet = new SentinelFleet(time, randomOf(phase))
      await settled()
      await fleet.pass(phase * 10)
      fleet.master.dead = true
      tookMs.push((await fleet.until(follows('b'), 20_000)) ?? Infinity)
      expect(fleet.broken).toEqual([])
    }
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(7000)
  })

  test('leave a healthy master alone', async () => {
    await settled()
    await fleet.pass(120_000)
    expect(fleet.believers).toEqual(['a'])
    expect(fleet.acquired).toHaveLength(1)
    expect(fleet.news).toEqual([])
    expect((await fleet.hub.nodes()).filter(({ role }) => role === 'sentinel').map(({ id }) => id).sort()).toEqual(['s1', 's2', 's3'])
  })

  test('replace a master that still beats but no longer renews, and it gives way', async () => {
    await settled()
    fleet.master.renews = false
    expect(await fleet.until(follows('b'), 7000)).not.toBeNull()
    const why = (await elections())[0]?.considered.find(({ nodeId }) => nodeId === 'a')?.why
    expect(why).toBe('the master that is being replaced')
  })

  test('replace a sick master, which renews but gets nothing done', async () => {
    await settled()
    fleet.master.beats = false
    expect(await fleet.until(() => !follows('a')(), 7900)).toBeNull()
    expect(await fleet.until(follows('b'), 4100)).not.toBeNull()
  })

  test('agree with one of three dead, and do not with two', async () => {
    await settled()
    fleet.sentinels.get('s1')!.dead = true
    fleet.master.dead = true
    expect(await fleet.until(follows('b'), 8000)).not.toBeNull()
    fleet.sentinels.get('s2')!.dead = true
    const before = (await elections()).length
    fleet.master.dead = true
    expect(await fleet.until(follows('c'), 13_000)).not.toBeNull() // the nodes' own race, after their grace
    expect(await elections()).toHaveLength(before)
  })

  test('of which one alone is cut off elect nobody, neither it nor the others', async () => {
    await settled()
    fleet.sentinels.get('s1')!.link.worsen({ cut: true })
    await fleet.pass(60_000)
    fleet.sentinels.get('s1')!.link.heal()
    await fleet.pass(20_000)
    expect(fleet.acquired).toHaveLength(1)
    expect(await elections()).toEqual([])
  })

  test('make one leader per term when two stand at once', async () => {
    await settled()
    const terms: (number | undefined)[] = []
    const { stand } = fleet.hub.sentinels
    fleet.hub.sentinels.stand = async (...input) => {
      const answer = await stand.apply(fleet.hub.sentinels, input)
      terms.push(answer?.term)
      return answer
    }
    fleet.master.dead = true // the same jitter for all: they stand in the same moment
    expect(await fleet.until(follows('b'), 8000)).not.toBeNull()
    expect(terms.length).toBeGreaterThan(1)
    expect(terms.filter((term) => term !== undefined)).toHaveLength(1)
    expect(await elections()).toHaveLength(1)
  })

  test('begin a new term when the winner dies between the vote and the election', async () => {
    await settled()
    const tried: { sentinelId: string; term: number }[] = []
    const { elect } = fleet.hub.sentinels
    fleet.hub.sentinels.elect = async (proposal) => {
      tried.push(proposal)
      if (tried.length > 1) return elect.call(fleet.hub.sentinels, proposal)
      fleet.sentinels.get(proposal.sentinelId)!.dead = true
      return 'refused'
    }
    fleet.master.dead = true
    expect(await fleet.until(() => tried.length > 0, 7000)).not.toBeNull()
    expect(await fleet.until(follows('b'), 4000)).not.toBeNull()
    expect(tried[1]!.term).toBeGreaterThan(tried[0]!.term)
    expect(tried[1]!.sentinelId).not.toBe(tried[0]!.sentinelId)
    expect(await elections()).toMatchObject([{ by: tried[1]!.sentinelId, term: tried[1]!.term }])
  })

  test('name deputies, of which the next one takes over when the first is dead too', async () => {
    await settled()
    const { elect } = fleet.hub.sentinels
    fleet.hub.sentinels.elect = async (proposal) => {
      fleet.nodes.get('b')!.dead = true
      return elect.call(fleet.hub.sentinels, proposal)
    }
    fleet.master.dead = true
    expect(await fleet.until(follows('c'), 10_000)).not.toBeNull()
    expect((await elections())[0]?.deputies).toEqual(['b', 'c'])
    expect(await elections()).toHaveLength(1)
  })

  test('that stood still themselves condemn nobody when they wake', async () => {
    await settled()
    for (const sentinel of fleet.sentinels.values()) sentinel.stoppedUntil = time.now + 20_000
    await fleet.pass(30_000)
    expect(fleet.acquired).toHaveLength(1)
    expect(await elections()).toEqual([])
    expect(fleet.news).toHaveLength(3)
  })

  test('depose a master that stood still, which on waking finds itself deposed', async () => {
    await settled()
    const old = fleet.master
    old.stoppedUntil = time.now + 20_000
    expect(await fleet.until(() => fleet.acquired.length === 2, 8000)).not.toBeNull()
    await fleet.pass(20_000)
    expect(fleet.believers).toEqual(['b'])
    expect(old.terms.every(({ signal }) => signal.aborted)).toBe(true)
    expect(fleet.acquired).toHaveLength(2)
  })

  test('bear with a master that stops for three seconds again and again', async () => {
    await settled()
    for (let k = 0; k < 10; k++) {
      fleet.master.stoppedUntil = time.now + 3000
      await fleet.pass(5000)
    }
    expect(fleet.acquired).toHaveLength(1)
    expect(await elections()).toEqual([])
  })

  test('leave the lock where it is when nobody could follow', async () => {
    fleet.node('a')
    fleet.node('w', { role: 'worker' })
    for (const id of ['s1', 's2', 's3']) fleet.sentinel(id)
    await fleet.pass(6000)
    fleet.master.renews = false
    await fleet.pass(4800)
    fleet.master.renews = true
    await fleet.pass(15_000)
    expect(fleet.believers).toEqual(['a'])
    expect(await elections()).toEqual([])
  })

  test('depose a dead master whose lock lives on because the cluster’s clock was set back', async () => {
    await settled()
    fleet.clockOffMs = -60_000
    await fleet.pass(1000)
    fleet.master.dead = true
    expect(await fleet.until(follows('b'), 8000)).not.toBeNull()
  })

  test('leave the cluster when they are ended', async () => {
    await settled()
    for (const sentinel of fleet.sentinels.values()) sentinel.ending.abort()
    await fleet.pass(1000)
    expect((await fleet.hub.nodes()).filter(({ role }) => role === 'sentinel')).toEqual([])
  })
})
