import type { NodeInfo } from '../../shared/cluster.ts'
import type { Considered } from '../backend/sentinel-state.ts'
import { PROTOCOL } from './protocol.ts'

/** A node as seen from here: how long its beat has stood still, on the observer's clock. */
export interface Sighting {
  info: NodeInfo
  silentMs: number
}

export interface Succession {
  /** First choice first; empty: nobody may follow. */
  deputies: string[]
  /** Every node, in the order of the choice, then those that cannot be. */
  considered: Considered[]
}

/** What speaks against a node; null: nothing. */
type Objection = (sighting: Sighting) => string | null

const DEPUTIES = 3
/** A beat comes once a second; twice that is still alive, ms. */
const ALIVE_MS = 2000
/** A node that is silent for as long as it takes to suspect a master is never named, ms. */
const DOWN_MS = 4000
const MAX_CPU_PERCENT = 80
const MAX_MEMORY_PERCENT = 90

/** Without these nobody can be master, even if none is left. Another major protocol could not be understood. */
const NEEDS: readonly Objection[] = [
  ({ info }) => (info.role === 'auto' ? null : `a ${info.role} never leads`),
  ({ info }) => (info.priority > 0 ? null : 'priority 0 never leads'),
  ({ info }) => (info.protocol.major === PROTOCOL.major ? null : `protocol ${info.protocol.major}, not ${PROTOCOL.major}`),
  ({ silentMs }) => (silentMs < DOWN_MS ? null : silentFor(silentMs)),
]

/** Given up from the last to the first, until somebody is left. */
const WISHES: readonly Objection[] = [
  ({ silentMs }) => (silentMs <= ALIVE_MS ? null : silentFor(silentMs)),
  ({ info }) => (info.cpuPercent <= MAX_CPU_PERCENT ? null : `CPU ${Math.round(info.cpuPercent)} % above ${MAX_CPU_PERCENT} %`),
  ({ info }) => (info.memoryPercent <= MAX_MEMORY_PERCENT ? null : `memory ${Math.round(info.memoryPercent)} % above ${MAX_MEMORY_PERCENT} %`),
]

/**
 * Who is to follow, by filter and then by score: the higher priority, the less busy CPU in classes of 10 %, the smaller
 * id. `deposed` is the master that is being replaced: it is not its own successor. The same sightings always give the
 * same answer, in whatever order they come. (`protocol.md` §4)
 */
export function succession(sightings: readonly Sighting[], deposed: string | null): Succession {
  const needs = [...NEEDS, ({ info }: Sighting) => (info.id === deposed ? 'the master that is being replaced' : null)]
  const ordered = sightings.toSorted(byScore)
  const able = ordered.filter((sighting) => objection(needs, sighting) === null)
  const wishes = wishesThatLeaveSomebody(able)
  const ranked = able.filter((sighting) => objection(wishes, sighting) === null)
  const passedOver = ordered.filter((sighting) => !ranked.includes(sighting))
  return {
    deputies: ranked.slice(0, DEPUTIES).map(({ info }) => info.id),
    considered: [
      ...ranked.map((sighting, index) => ({ nodeId: sighting.info.id, chosen: index === 0, why: placeOf(sighting, index) })),
      ...passedOver.map((sighting) => ({ nodeId: sighting.info.id, chosen: false, why: objection([...needs, ...wishes], sighting) ?? '' })),
    ],
  }
}

function wishesThatLeaveSomebody(able: readonly Sighting[]): readonly Objection[] {
  const kept = [...WISHES]
  while (kept.length > 0 && !able.some((sighting) => objection(kept, sighting) === null)) kept.pop()
  return kept
}

/** The first that there is. */
function objection(objections: readonly Objection[], sighting: Sighting): string | null {
  for (const object of objections) {
    const why = object(sighting)
    if (why !== null) return why
  }
  return null
}

function byScore({ info: a }: Sighting, { info: b }: Sighting): number {
  return b.priority - a.priority || cpuClass(a) - cpuClass(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function cpuClass(info: NodeInfo): number {
  return Math.floor(info.cpuPercent / 10)
}

function placeOf(sighting: Sighting, index: number): string {
  const place = index === 0 ? 'first choice' : index < DEPUTIES ? `deputy ${index}` : `place ${index + 1}`
  const despite = WISHES.map((object) => object(sighting)).filter((why) => why !== null)
  const score = `priority ${sighting.info.priority}, CPU ${Math.round(sighting.info.cpuPercent)} %`
  return [`${place}: ${score}`, ...despite.map((why) => `in spite of ${why}`)].join(', ')
}

function silentFor(ms: number): string {
  return `silent for ${(ms / 1000).toFixed(1)} s`
}
