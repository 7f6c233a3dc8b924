import type { Summary } from '../../../../src/shared/results/summary.ts'
import { arrivedBetween, mostWithin } from '../../../support/arrivals.ts'
import { constantLoad, resultOf, startRun } from '../../../support/cluster-runs.ts'
import { until, wait } from '../../../support/until.ts'
import { FAULTS, type Fault } from './faults.ts'
import type { World } from './world.ts'

export const RATE = 200
const RUN_SECONDS = 60
const FAULT_EVERY_MS = 5000
/** After data was lost, nothing that takes a node's memory as well. */
const GENTLE_MS = 12_000
/** A node whose connection was closed although it lives sends beside its successor for no longer: T − 3 s (`protocol.md` §5). */
const OVERLAP_S = 7

/** One run with a random fault each five seconds; then everything heals. Answers with what is wrong. */
export async function chaosRound(world: World, random: () => number, say: (line: string) => void): Promise<string[]> {
  const { desk, nginx } = world
  const before = nginx.arrivals().length
  const { runId } = await startRun(desk, constantLoad(nginx.url, RATE, `${RUN_SECONDS}s`))
  const begunAt = (await desk.ask('run.get', { id: runId })).run.startedAt
  const struck = await strikeAll(world, random, begunAt + RUN_SECONDS * 1000 - FAULT_EVERY_MS, say)
  const summary = await resultOf(desk, runId, 180_000)
  await settled(world)
  await wait(1500)
  return violations(summary, nginx.arrivals().slice(before), begunAt, struck)
}

async function strikeAll(world: World, random: () => number, endsAt: number, say: (line: string) => void): Promise<Fault[]> {
  const struck: Fault[] = []
  const going: Promise<void>[] = []
  let gentleUntil = 0
  let busyUntil = 0
  while (Date.now() < endsAt) {
    const now = Date.now()
    // Of two heavy faults at once the promises say nothing: the next waits until the last is over.
    if (now >= busyUntil) {
      const possible = now < gentleUntil ? FAULTS.filter(({ name }) => /sentinel|slow wire/.test(name)) : FAULTS
      const fault = possible[Math.floor(random() * possible.length)] as Fault
      say(`    ${fault.name}`)
      struck.push(fault)
      if (fault.losesData === true) gentleUntil = now + GENTLE_MS
      busyUntil = Infinity
      going.push(fault.strike(world, random).finally(() => { busyUntil = 0 }))
    }
    await wait(FAULT_EVERY_MS)
  }
  await Promise.all(going)
  return struck
}

/** Everybody is back and one leads. */
async function settled({ cluster, desk, nodes }: World): Promise<void> {
  await cluster.joined(desk, 'desk', ...nodes.map(({ name }) => name))
  await until('a master', async () => cluster.master())
}

/** The invariants of `protocol.md` §6.1, as seen from outside. */
function violations(summary: Summary, arrivals: readonly number[], begunAt: number, struck: readonly Fault[]): string[] {
  const { ledger, points, imbalance, status, verdict } = summary
  const wrong: string[] = []
  const check = (holds: boolean, what: string): void => void (holds || wrong.push(what))
  check(status === 'finished', `the run ended as ${status}: ${summary.reason}`)
  check(imbalance === null, `imbalance: ${imbalance}`)
  const overlaps = struck.filter(({ losesData, mayOverlap }) => losesData === true || mayOverlap === true).length
  const over = ledger.planned - RATE * RUN_SECONDS
  check(over >= 0 && over <= overlaps * OVERLAP_S * RATE, `${ledger.planned} planned of ${RATE * RUN_SECONDS}`)
  check(over === 0 || verdict === 'not-trustworthy', `${over} were sent twice, and the verdict is ${verdict}`)
  check(points.every(({ atMs }, i) => atMs === (i + 1) * 1000), `a second is missing or doubled: ${points.map(({ atMs }) => atMs / 1000).join(' ')}`)
  check(arrivals.length >= ledger.started, `${ledger.started} started, but only ${arrivals.length} served`)
  check(arrivals.length <= ledger.started + ledger.lost, `${arrivals.length} served, but only ${ledger.started} started and ${ledger.lost} lost`)
  check(arrivedBetween(arrivals, begunAt + RUN_SECONDS * 1000 + 1000, Infinity) === 0, 'load after the end')
  check(overlaps > 0 || mostWithin(arrivals, 3000) <= RATE * 3 * 1.2, `${mostWithin(arrivals, 3000)} within 3 s at ${RATE}/s`)
  return wrong
}
