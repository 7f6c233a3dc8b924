import { describe, expect, test } from 'vitest'
import { randomOf, VirtualTime } from '../main/node/virtual-time.ts'
import { Fleet } from './fleet.ts'
import { SimulatedUser } from './user.ts'

/** `protocol.md` §5, promise 3. */
const MOVED_WITHIN_MS = 15_000
/** Nobody may do a silent node's work before its lease has run out: it may still send. */
const LEASE_MS = 10_000
const RATE = 60
const SEEDS = 25

interface Moved {
  seed: number
  /** From the freeze until the last arrival that nobody sent. */
  afterMs: number
  twice: number
}

/** The master, which works as well, stands still for good. */
async function freezeMaster(seed: number, sentinels: number): Promise<Moved> {
  const time = new VirtualTime()
  const random = randomOf(seed)
  const fleet = new Fleet(time, random)
  time.install()
  try {
    for (let k = 0; k < 3; k++) fleet.node(`n${k}`)
    for (let k = 0; k < sentinels; k++) fleet.sentinel(`s${k}`)
    await fleet.pass(3000)
    const user = new SimulatedUser(fleet, RATE, 60_000, false)
    await user.begin()
    await fleet.pass(16_000 + random() * 1000)
    const frozenAt = time.now
    fleet.stop(fleet.master!, 100_000)
    await fleet.pass(20_000)
    for (const node of fleet.alive) node.engine.catchUp()
    const sent = fleet.traffic.of(user.runs[0]!)
    const last = Math.max(...sent.keys())
    const missing = Array.from({ length: last }, (_, n) => n + 1).filter((n) => !sent.has(n))
    return { seed, afterMs: Math.round(sent.get(Math.max(...missing) + 1)!.at - frozenAt), twice: fleet.traffic.twice.length }
  } finally {
    time.uninstall()
  }
}

describe('the share of a master that works and stands still', () => {
  test.each([0, 3])(`is sent by others within ${MOVED_WITHIN_MS / 1000} s and never before its lease is over, with %i sentinels`, async (sentinels) => {
    const all: Moved[] = []
    for (let seed = 1; seed <= SEEDS; seed++) all.push(await freezeMaster(seed, sentinels))
    expect(all.filter(({ afterMs, twice }) => afterMs > MOVED_WITHIN_MS || afterMs < LEASE_MS || twice > 0)).toEqual([])
  })
})
