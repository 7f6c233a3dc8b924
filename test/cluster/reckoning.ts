import type { Fault, Misfortune } from './faults.ts'
import type { Fleet } from './fleet.ts'
import type { SimulatedUser } from './user.ts'

/** A share that is given to others, or a rate that is lowered, can be sent by a cut-off worker for so long still, ms (`protocol.md` §5). */
const MAY_LAST_MS = 18_000
/** From a stop to the last arrival where everybody hears of it, ms. */
const STOPPED_WITHIN_MS = 3000
/** What was under way over a bad link is given up so long after it got well, ms: `faulty-link.ts`. */
const GIVEN_UP_AFTER_MS = 1500
/** A stop waits for the next master so long, should the one of its moment be about to lose the mastership, ms. */
const NEXT_MASTER_WITHIN_MS = 10_000
const SETTLED_MS = 2500
/** Arrivals on the border of a second. */
const TOLERATED = 3
/** A machine that slept is found out within one look at its uptime, ms (`protocol.md` §6.1: orphan load). */
const LOOK_MS = 250
/** By then the load is on its way. */
const BEGUN_MS = 6000
/** Nodes hear of a stop one after the other: the last arrivals may have been left out. */
const AT_THE_END = 60
/** Redis away: the lease, less the age of a heartbeat and the time to connect again, ms (`protocol.md` §5, promise 6). */
const OUTAGE_BORNE_MS = 8000
const OUTAGES: ReadonlySet<Fault> = new Set<Fault>(['redis-pause', 'redis-restart', 'redis-loss', 'redis-roll-back'])
const HARMLESS: ReadonlySet<Fault> = new Set<Fault>(['redis-clock', 'rate', 'join', 'slow'])

/** What is missing of the arrivals of the last seconds; empty when nothing is. */
export function arrivalsMissing(fleet: Fleet, user: SimulatedUser): string {
  const run = user.runs.at(-1)!
  const until = fleet.time.now - 500
  for (const node of fleet.alive) node.engine.catchUp()
  const numbers = fleet.traffic.lastOf(run, until - SETTLED_MS, until)
  const due = (user.rate * SETTLED_MS) / 1000
  if (Math.abs(numbers.length - due) > 2) return `${numbers.length} arrivals in ${SETTLED_MS} ms instead of ${due}`
  const holes = numbers.at(-1)! - numbers[0]! + 1 - numbers.length
  return holes > 1 ? `${holes} of the last ${numbers.length + holes} arrivals were not sent` : ''
}

/** Never more load than the plan, nothing twice, and after a stop nothing at all. */
export function checkLoad(fleet: Fleet, user: SimulatedUser, misfortune: Misfortune, stoppedAt: number): void {
  const { traffic, invariants, redis } = fleet
  for (const node of fleet.alive) node.engine.catchUp()
  const takenAt = Math.max(stoppedAt, misfortune.overAt + GIVEN_UP_AFTER_MS, ...invariants.acquiredAt.filter((at) => at <= stoppedAt + NEXT_MASTER_WITHIN_MS))
  const late = traffic.since(takenAt + STOPPED_WITHIN_MS)
  // Nobody was left who knew how far the run was when the clock of Redis was set: nodes may follow clocks of their own (`docs/cluster.md`, "Not promised").
  if (misfortune.timeForgotten) return
  if (late > 0) invariants.misses(`${late} arrivals were sent more than ${STOPPED_WITHIN_MS} ms after the stop at ${Math.round(stoppedAt)}`)
  if (goesOnBy(misfortune)) checkUninterrupted(fleet, user, stoppedAt)
  if (redis.lost || redis.rolledBack) return // may overlap for a while, if something else is wrong as well: protocol.md §6.1
  checkTwice(fleet, misfortune)
  if (misfortune.unreachable.size > 0) return
  const struck = (kind: Fault): boolean => misfortune.struck.some(({ fault }) => fault === kind)
  // Until then it sends what was its own when it fell asleep. Others have that share by then if it was to leave, or its lease ran out by a clock that was set.
  const sendsBeside = struck('sleep') && (struck('wall-clock') || struck('drain'))
  for (const [second, sent] of traffic.perSecond) {
    const wanted = highestRate(user, second * 1000 - MAY_LAST_MS, (second + 1) * 1000)
    const bound = wanted * (sendsBeside ? 1 + LOOK_MS / 1000 : 1)
    if (sent > bound + TOLERATED) invariants.misses(`${sent} arrivals in second ${second}, at most ${bound} were wanted`)
  }
}

/** Whoever lost its connection and cannot get another, but sends on, overlaps with its successors for less than the run lease. */
function checkTwice({ traffic, invariants }: Fleet, { unreachable }: Misfortune): void {
  const twice = traffic.twice.filter(({ first, second }) => !unreachable.has(first.boot) && !unreachable.has(second.boot))
  if (twice.length === 0) return
  const { runId, arrival, first, second } = twice[0]!
  invariants.breaks(`${twice.length} arrivals were sent twice, the first is ${arrival} of ${runId}: by ${first.boot} at ${Math.round(first.at)} and by ${second.boot} at ${Math.round(second.at)}`)
}

/** Only Redis was away, and for less than the run lease: no node has a reason to stop. */
function goesOnBy({ struck }: Misfortune): boolean {
  const outageMs = struck.filter(({ fault }) => OUTAGES.has(fault)).reduce((sum, { lastsMs }) => sum + lastsMs, 0)
  return outageMs < OUTAGE_BORNE_MS && (struck[0]?.at ?? 0) > BEGUN_MS && struck.every(({ fault }) => OUTAGES.has(fault) || HARMLESS.has(fault))
}

function checkUninterrupted({ traffic, invariants }: Fleet, { runs }: SimulatedUser, stoppedAt: number): void {
  for (const runId of runs) {
    const sent = traffic.of(runId)
    const last = Math.max(0, ...[...sent].flatMap(([arrival, { at }]) => (at < stoppedAt ? [arrival] : []))) - AT_THE_END
    const missing = Array.from({ length: Math.max(0, last) }, (_, index) => index + 1).filter((arrival) => !sent.has(arrival))
    if (missing.length > 0) invariants.misses(`${missing.length} of ${last} arrivals of ${runId} were not sent, though the load had no reason to stop, the first is ${missing[0]}`)
  }
}

/** Highest rate that was wanted at any time of a stretch. What waits to be carried out leaves the former one in force: that this ends is another check's matter. */
function highestRate({ wishes }: SimulatedUser, from: number, to: number): number {
  const inForce = wishes.filter(({ at }, index) => at < to && (wishes[index + 1]?.carriedOutAt ?? Infinity) > from)
  return Math.max(0, ...inForce.map(({ rate }) => rate))
}

/** What was counted is what was reported. */
export async function checkEnd(fleet: Fleet, user: SimulatedUser): Promise<void> {
  // What had ended before Redis lost its data is kept by whoever followed it, not by the cluster.
  for (const runId of fleet.redis.lost ? user.runs.slice(-1) : user.runs) await checkRun(fleet, runId)
}

async function checkRun(fleet: Fleet, runId: string): Promise<void> {
  const { invariants, redis } = fleet
  const summary = await redis.tasks.summary(runId)
  const reported = reportedIn(fleet, runId)
  if (summary === null) {
    if (reported.size > 0) invariants.misses(`${runId} has no summary`)
    return
  }
  if (summary.imbalance !== null) invariants.breaks(`the ledger of ${runId} does not balance: ${summary.imbalance}`)
  const measured = measuredByTheLiving(fleet, runId)
  for (const [nodeId, told] of reported) {
    const parts = summary.nodes.filter(({ id }) => id === nodeId || id.startsWith(`${nodeId}.`))
    const counted = parts.reduce((sum, { completed }) => sum + completed, 0)
    if (counted > told) invariants.breaks(`${runId}: ${counted} counted of ${nodeId}, ${told} reported`)
    // Of a node that was given up, the last words may come when the run has ended.
    if (parts.some(({ lostAtMs }) => lostAtMs !== null)) continue
    if (counted < told && !redis.lost && !redis.rolledBack) invariants.breaks(`${runId}: only ${counted} counted of ${nodeId}, ${told} reported`)
    const missing = (measured.get(nodeId) ?? 0) - counted
    // Redis lost everything, and what had been counted was not back before nodes had let go of it: to be shown, and nothing else (promise 9).
    const isShown = redis.lost && summary.events.some(({ kind, detail }) => kind === 'gap' && detail.node === nodeId)
    if (missing > 0 && !isShown) invariants.breaks(`${runId}: ${missing} not counted that ${nodeId} has measured`)
  }
}

/** All that the cluster state ever took, each sample once, by node. */
function reportedIn({ invariants }: Fleet, runId: string): Map<string, number> {
  const sums = new Map<string, number>()
  for (const [key, numbers] of invariants.accepted) {
    const [run, boot = ''] = key.split(' ')
    const nodeId = boot.split('#')[0]!
    if (run === runId) for (const { started } of numbers.values()) sums.set(nodeId, (sums.get(nodeId) ?? 0) + started)
  }
  return sums
}

/** All that the nodes which are there at the end have measured in their last life. */
function measuredByTheLiving({ alive }: Fleet, runId: string): Map<string, number> {
  return new Map(alive.map(({ id, engine }) => {
    const runs = engine.runs.filter((run) => run.runId === runId)
    return [id, runs.reduce((sum, run) => sum + [...run.told.values()].reduce((all, started) => all + started, 0), 0)]
  }))
}
