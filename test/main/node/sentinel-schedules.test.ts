import { describe, expect, test } from 'vitest'
import type { ClusterState } from '../../../src/main/backend/cluster-state.ts'
import type { LinkConditions } from './faulty-link.ts'
import { SentinelFleet, type Member } from './sentinel-fleet.ts'
import { randomOf, VirtualTime } from './virtual-time.ts'

const SCHEDULES = 500
const FAULTS_END_MS = 25_000
const CONVERGED_WITHIN_MS = 30_000
/** Longer than a mastership that nobody renews. */
const STEADY_MS = 6000

interface Course {
  broken: string[]
  masterships: number
  elections: number
  /** Until one node held the lock, it alone believed so, and that lasted; null: never. */
  convergedInMs: number | null
}

describe('sentinels and the nodes’ leadership', () => {
  test(`keep one master per epoch through ${SCHEDULES} schedules of faults, and come to one again`, async () => {
    const sums = { masterships: 0, elections: 0 }
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const course = await play(seed)
      expect({ seed, broken: course.broken, converged: course.convergedInMs !== null }).toEqual({ seed, broken: [], converged: true })
      sums.masterships += course.masterships
      sums.elections += course.elections
    }
    // The faults bite: else this would prove nothing.
    expect(sums.masterships).toBeGreaterThan(1.5 * SCHEDULES)
    expect(sums.elections).toBeGreaterThan(SCHEDULES / 2)
  }, 60_000)

  test('take the same course with the same seed', async () => {
    expect(await play(7)).toEqual(await play(7))
  })

  test('would be found out if a renewal did not check whose the lock is, or if epochs were given out twice', async () => {
    const unchecked = (hub: ClusterState): void => void (hub.renew = async () => ({ ok: true, value: 'done' }))
    expect(await brokenIn(40, unchecked)).toBeGreaterThan(0)
    const forgetful = (hub: ClusterState): void => {
      const { acquire } = hub
      hub.acquire = async (...input) => {
        const answer = await acquire.apply(hub, input)
        return answer.acquired ? { ...answer, lease: { ...answer.lease, epoch: 1 } } : answer
      }
    }
    expect(await brokenIn(10, forgetful)).toBeGreaterThan(0)
  })
})

async function brokenIn(schedules: number, spoil: (hub: ClusterState) => void): Promise<number> {
  let broken = 0
  for (let seed = 1; seed <= schedules; seed++) broken += (await play(seed, spoil)).broken.length
  return broken
}

async function play(seed: number, spoil?: (hub: ClusterState) => void): Promise<Course> {
  const time = new VirtualTime()
  const random = randomOf(seed)
  const fleet = new SentinelFleet(time, random, spoil)
  time.install()
  try {
    const nodes = 2 + Math.floor(random() * 3)
    for (let k = 0; k < nodes; k++) fleet.node(`n${k}`, { cpuPercent: random() * 100, priority: 1 + Math.floor(random() * 2) })
    for (let k = 0; k < 3; k++) fleet.sentinel(`s${k}`)
    const faults = 2 + Math.floor(random() * 5)
    for (let k = 0; k < faults; k++) time.after(3000 + random() * (FAULTS_END_MS - 5000), () => strike(fleet, random), null)
    await time.passTo(FAULTS_END_MS)
    heal(fleet)
    const convergedInMs = await converge(fleet)
    return { broken: fleet.broken, masterships: fleet.acquired.length, elections: (await fleet.hub.sentinels.elections()).length, convergedInMs }
  } finally {
    fleet.close()
    time.uninstall()
  }
}

async function converge(fleet: SentinelFleet): Promise<number | null> {
  const from = fleet.time.now
  let since: number | null = null
  while (fleet.time.now - from < CONVERGED_WITHIN_MS) {
    const holder = await fleet.hub.master()
    const isOne = fleet.believers.length === 1 && holder?.nodeId === fleet.believers[0]
    since = isOne ? (since ?? fleet.time.now) : null
    if (since !== null && fleet.time.now - since >= STEADY_MS) return since - from
    await fleet.pass(500)
  }
  return null
}

/** One fault, half of them at the master. */
function strike(fleet: SentinelFleet, random: () => number): void {
  const all: Member[] = [...fleet.nodes.values(), ...fleet.sentinels.values()]
  const victim = random() < 0.5 && fleet.acquired.length > 0 ? fleet.master : all[Math.floor(random() * all.length)]!
  const lastsMs = 200 + random() * 12_000
  const faults = [
    () => kill(fleet, victim, lastsMs),
    () => fleet.time.stop(victim, lastsMs),
    () => worsen(fleet, victim, { cut: true }, lastsMs),
    () => worsen(fleet, victim, { lost: 0.3, unanswered: 0.3 }, lastsMs),
    () => worsen(fleet, victim, { delayMs: [50, 1200] }, lastsMs),
    () => all.forEach((member) => worsen(fleet, member, { cut: true }, lastsMs / 2)),
    () => void (fleet.clockOffMs += (random() - 0.5) * 20_000),
  ]
  faults[Math.floor(random() * faults.length)]!()
}

function kill(fleet: SentinelFleet, victim: Member, lastsMs: number): void {
  victim.dead = true
  fleet.time.after(lastsMs, () => revive(fleet, victim), null)
}

/** A new process in its place, unless that has happened. */
function revive(fleet: SentinelFleet, victim: Member): void {
  if (fleet.nodes.get(victim.id) === victim) fleet.node(victim.id)
  else if (fleet.sentinels.get(victim.id) === victim) fleet.sentinel(victim.id)
}

function worsen(fleet: SentinelFleet, victim: Member, conditions: Partial<LinkConditions>, lastsMs: number): void {
  victim.link.worsen(conditions)
  fleet.time.after(lastsMs, () => victim.link.heal(), null)
}

function heal(fleet: SentinelFleet): void {
  for (const member of [...fleet.nodes.values(), ...fleet.sentinels.values()]) {
    member.stoppedUntil = 0
    member.link.heal()
    if (member.dead) revive(fleet, member)
  }
}
