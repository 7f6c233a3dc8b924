import { wait } from '../../../support/until.ts'
import type { Victim, World } from './world.ts'

export interface Fault {
  name: string
  /** Data of Redis may be lost by it: for some seconds no node may die as well, because then a run may rightly be lost. */
  losesData?: boolean
  /** A node's connection is closed although the node lives: it may overlap with its successor for T − 3 s (`protocol.md` §5). */
  mayOverlap?: boolean
  strike(world: World, random: () => number): Promise<void>
}

/** Rows of the fault table that processes on one machine can play. Each ends what it began. */
export const FAULTS: readonly Fault[] = [
  { name: 'kill a node', strike: (world, random) => killed(pick(world.nodes, random), 1000 + random() * 8000) },
  { name: 'kill the master', strike: async (world, random) => killed(await masterOf(world) ?? pick(world.nodes, random), 1000 + random() * 8000) },
  { name: 'freeze a node', strike: (world, random) => frozen(pick(world.nodes, random), 500 + random() * 20_000) },
  { name: 'freeze the master', strike: async (world, random) => frozen(await masterOf(world) ?? pick(world.nodes, random), 500 + random() * 20_000) },
  { name: 'cut a node off', strike: (world, random) => cutOff(pick(world.nodes, random), 500 + random() * 20_000) },
  { name: 'lose a node’s replies', strike: (world, random) => cutOff(pick(world.nodes, random), 500 + random() * 15_000, 'down') },
  { name: 'reset a node’s connections', mayOverlap: true, strike: async (world, random) => pick(world.nodes, random).wire.reset() },
  { name: 'refuse a node', mayOverlap: true, strike: async (world, random) => {
    const { wire } = pick(world.nodes, random)
    wire.refuse()
    await wait(500 + random() * 15_000)
    wire.heal()
  } },
  { name: 'slow wire', strike: async (world, random) => {
    const { wire } = pick(world.nodes, random)
    wire.delay(random() * 900)
    await wait(5000)
    wire.heal()
  } },
  { name: 'leave and come back', strike: async (world, random) => {
    const one = pick(world.nodes, random)
    one.node.signal('SIGTERM')
    await one.node.ended
    await one.restart()
  } },
  { name: 'kill a sentinel', strike: (world, random) => killed(pick(world.sentinels, random), 1000 + random() * 8000) },
  { name: 'cut a sentinel off', strike: (world, random) => cutOff(pick(world.sentinels, random), 500 + random() * 10_000) },
  { name: 'Redis drops everybody', mayOverlap: true, strike: async ({ cluster }) => void (await cluster.operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')) },
  { name: 'Redis pauses', strike: async ({ cluster }, random) => void (await cluster.operator.call('CLIENT', 'PAUSE', String(Math.round(500 + random() * 6000)), 'ALL')) },
  { name: 'Redis loses its data', losesData: true, strike: async ({ cluster }) => void (await cluster.operator.flushall()) },
  { name: 'Redis crashes', losesData: true, mayOverlap: true, strike: async ({ cluster }, random) => {
    await cluster.redis.crash()
    await wait(500 + random() * 5000)
    await cluster.redis.restart()
  } },
]

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T
}

/** Null where nobody leads, or one that is never struck. */
async function masterOf({ cluster, nodes }: World): Promise<Victim | null> {
  const name = (await cluster.master().catch(() => null))?.name
  return nodes.find((node) => node.name === name) ?? null
}

async function killed(victim: Victim, forMs: number): Promise<void> {
  await victim.node.kill()
  await wait(forMs)
  await victim.restart()
}

async function frozen({ node }: Victim, forMs: number): Promise<void> {
  node.freeze()
  await wait(forMs)
  node.thaw()
}

async function cutOff({ wire }: Victim, forMs: number, direction: 'both' | 'down' = 'both'): Promise<void> {
  wire.hold(direction)
  await wait(forMs)
  wire.heal()
}
