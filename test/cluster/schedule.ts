import type { Task } from '../../src/shared/task/task.ts'
import { randomOf, VirtualTime } from '../main/node/virtual-time.ts'
import { FAULTS, Misfortune, type Fault, type Struck } from './faults.ts'
import { Fleet, type Spoiling } from './fleet.ts'
import { arrivalsMissing, checkEnd, checkLoad } from './reckoning.ts'
import { SimulatedUser } from './user.ts'

/** One schedule of faults over a fleet, and what came of it. */
export interface Course {
  seed: number
  /** Promises that hold whatever happens, and were broken. */
  broken: string[]
  /** What was not healed in time, or not as well as it should have been. */
  missed: string[]
  struck: Struck[]
  masterships: number
  /** From a master's death or long pause to the next mastership, ms. */
  failOvers: number[]
  /** From the end of the last fault until everything was as it should be; null: never, or the run had ended. */
  convergedInMs: number | null
  /** Virtual time, ms. */
  lastedMs: number
  sent: number
}

export interface PlayOptions {
  spoiling?: Spoiling
  /** Instead of all of them. */
  faults?: readonly Fault[]
  /** Tells what happens, for whoever looks into a seed. */
  tell?: (line: string) => void
  /** Shows the world before anything happens in it. */
  onFleet?: (fleet: Fleet) => void
}

const SENTINELS = [0, 0, 1, 3, 3, 5]
const ORDERED_MS = 1500
const FIRST_FAULT_MS = 4000
/** By then all nodes have begun. */
const BEGUN_MS = 6000
const LAST_FAULT_MS = 15_000
const HEALED_MS = 28_000
const CONVERGED_WITHIN_MS = 30_000
const ENDED_WITHIN_MS = 40_000
/** With these and a loss of data, the master puts back what it knows. */
const LEAVES_MASTER_ALONE: ReadonlySet<Fault> = new Set<Fault>(['redis-loss', 'redis-restart', 'rate', 'slow', 'drain', 'redis-clock', 'wall-clock'])
const LOSES_NODES: ReadonlySet<Fault> = new Set<Fault>(['crash', 'crash-for-good', 'stop', 'sleep', 'cut', 'reset', 'lossy'])
/** A master that remembers puts back what was lost, ms. */
const SEEDED_WITHIN_MS = 8000
const PLAN_MS = 100_000

export async function play(seed: number, { spoiling, faults = FAULTS, tell = () => undefined, onFleet = () => undefined }: PlayOptions = {}): Promise<Course> {
  const time = new VirtualTime()
  const random = randomOf(seed)
  const fleet = new Fleet(time, random, spoiling)
  onFleet(fleet)
  time.install()
  try {
    const user = new SimulatedUser(fleet, 10 + Math.floor(random() * 30), PLAN_MS, random() < 0.3)
    const misfortune = new Misfortune(fleet, user, HEALED_MS)
    const courseOf = (convergedInMs: number | null): Course => ({
      seed, broken: fleet.invariants.broken, missed: fleet.invariants.missed, struck: misfortune.struck, masterships: fleet.invariants.acquired.length,
      failOvers: misfortune.beheaded.flatMap((at) => failOver(fleet, at)), convergedInMs, lastedMs: time.now, sent: fleet.traffic.since(0),
    })
    populate(fleet, random)
    await time.passTo(ORDERED_MS)
    await user.begin()
    const count = 1 + Math.floor(random() * 5)
    const chosen = Array.from({ length: count }, () => faults[Math.floor(random() * faults.length)]!)
    for (const fault of chosen) {
      if (chosen.some((other) => isNotPromisedWith(fault, other))) continue
      const firstMs = fault === 'redis-clock' ? BEGUN_MS : FIRST_FAULT_MS
      time.after(firstMs - time.now + random() * (LAST_FAULT_MS - firstMs), () => {
        misfortune.strike(fault)
        const { at, victim, lastsMs } = misfortune.struck.at(-1)!
        tell(`${Math.round(at)} ms: ${fault} ${victim} for ${Math.round(lastsMs)} ms`)
      }, null)
    }
    await time.passTo(LAST_FAULT_MS)
    await time.passTo(Math.max(LAST_FAULT_MS, misfortune.overAt + 10))
    const mayForget = fleet.redis.lost && misfortune.struck.some(({ fault }) => !LEAVES_MASTER_ALONE.has(fault))
    if (mayForget) await fleet.pass(SEEDED_WITHIN_MS)
    const convergedInMs = await converge(fleet, user, misfortune)
    if (mayForget && (await isForgotten(fleet))) return courseOf(null)
    if (convergedInMs === null && !misfortune.timeForgotten) fleet.invariants.misses(`not converged: ${await unsettled(fleet, user, misfortune)}`)
    const stoppedAt = time.now
    user.stop()
    const ended = await fleet.until(() => hasEnded(user), ENDED_WITHIN_MS, 500)
    if (ended === null) fleet.invariants.misses(`the run has not ended: ${JSON.stringify(await statusOf(user))}`)
    else await fleet.pass(2000)
    checkLoad(fleet, user, misfortune, stoppedAt)
    await checkEnd(fleet, user)
    return courseOf(convergedInMs)
  } finally {
    for (const notice of fleet.notices) tell(notice)
    time.uninstall()
  }
}

/** What goes wrong together with something else in a way that is not promised to be healed by itself. */
function isNotPromisedWith(fault: Fault, other: Fault): boolean {
  // Whoever sleeps while the cluster's clock is set cannot tell one from the other.
  if (fault === 'redis-clock' && other === 'sleep') return true
  // Nor can a node that is told to begin in the very second in which it is set.
  if (fault === 'redis-clock' && other === 'stop-start') return true
  // A node has left a run for good when Redis goes back to a moment at which it carried it.
  return fault === 'drain' && other === 'redis-roll-back'
}

function populate(fleet: Fleet, random: () => number): void {
  const nodes = 2 + Math.floor(random() * 3)
  const sentinels = SENTINELS[Math.floor(random() * SENTINELS.length)]!
  for (let k = 0; k < nodes; k++) fleet.time.after(random() * 500, () => fleet.node(`n${k}`, k > 0 && random() < 0.2 ? 'worker' : 'auto', 1 + Math.floor(random() * 2)), null)
  for (let k = 0; k < sentinels; k++) fleet.time.after(random() * 500, () => fleet.sentinel(`s${k}`), null)
}

/**
 * Redis has lost its data, and nobody was left who could put it back: its master was gone as well, it was not running, or
 * it was lost while it was about to (`protocol.md` §5, promise 7). The task is gone, or said to have lost its run.
 */
async function isForgotten({ redis }: Fleet): Promise<boolean> {
  const tasks = await redis.tasks.tasks()
  return tasks.every(({ status, reason }) => status === 'aborted' && reason?.startsWith('The run got lost') === true)
}

/** One master, known to all, and every arrival of the last seconds sent by somebody. Null: not in time. */
async function converge(fleet: Fleet, user: SimulatedUser, misfortune: Misfortune): Promise<number | null> {
  return fleet.until(async () => (await unsettled(fleet, user, misfortune)) === '', CONVERGED_WITHIN_MS, 500)
}

async function unsettled(fleet: Fleet, user: SimulatedUser, misfortune: Misfortune): Promise<string> {
  const holder = await fleet.redis.cluster.master()
  if (holder === null) return 'nobody is master'
  if (fleet.believers.length !== 1 || fleet.believers[0] !== holder.nodeId) return `master is ${holder.nodeId}, but believe to be it: ${fleet.believers.join(', ')}`
  const task = await statusOf(user)
  if (task !== null && ['finished', 'failed', 'aborted'].includes(task.status)) return user.rate === 0 ? '' : `the task is ${task.status}: ${task.reason ?? ''}`
  if (task?.status !== 'running') return `the task is ${task?.status ?? 'gone'}`
  return runsAhead(user, misfortune) ? '' : arrivalsMissing(fleet, user)
}

/**
 * A node that was lost while the rate was lowered may have sent ahead of the new course, as long as its lease held: what
 * it may have sent is not sent again, and its share waits so long.
 */
function runsAhead({ wishes }: SimulatedUser, { struck }: Misfortune): boolean {
  const isLowered = wishes.some(({ rate }, index) => rate > 0 && rate < (wishes[index - 1]?.rate ?? 0))
  return isLowered && struck.some(({ fault }) => LOSES_NODES.has(fault))
}

async function hasEnded(user: SimulatedUser): Promise<boolean> {
  const task = await statusOf(user)
  return task !== null && ['finished', 'failed', 'aborted'].includes(task.status)
}

async function statusOf(user: SimulatedUser): Promise<Task | null> {
  return user.task().catch(() => null)
}

function failOver(fleet: Fleet, at: number): number[] {
  const next = fleet.invariants.acquiredAt.find((acquiredAt) => acquiredAt > at)
  return next === undefined ? [] : [next - at]
}
