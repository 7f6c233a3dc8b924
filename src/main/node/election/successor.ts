import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import { translate } from '../../../shared/locales/translate.ts'
import type { Sentence } from '../../../shared/locales/sentence.ts'
import type { Considered } from '../../backend/sentinel-state.ts'
import { PROTOCOL } from '../protocol.ts'

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
type Objection = (sighting: Sighting) => Sentence | null

const DEPUTIES = 3
/** A beat comes once a second; twice that is still alive, ms. */
const ALIVE_MS = 2000
/** A node that is silent for as long as it takes to suspect a master is never named, ms. */
const DOWN_MS = 4000
const MAX_CPU_PERCENT = 80
const MAX_MEMORY_PERCENT = 90

/** Without these nobody can be master, even if none is left. Another major protocol could not be understood. */
const NEEDS: readonly Objection[] = [
  ({ info }) => (info.role === 'auto' ? null : { key: `succession.${info.role}`, params: {} }),
  ({ info }) => (info.priority > 0 ? null : { key: 'succession.priority-0', params: {} }),
  ({ info }) => (info.protocol.major === PROTOCOL.major ? null : { key: 'succession.protocol', params: { theirs: info.protocol.major, ours: PROTOCOL.major } }),
  ({ silentMs }) => (silentMs < DOWN_MS ? null : silentFor(silentMs)),
]

/** Given up from the last to the first, until somebody is left. */
const WISHES: readonly Objection[] = [
  ({ silentMs }) => (silentMs <= ALIVE_MS ? null : silentFor(silentMs)),
  ({ info }) => (info.cpuPercent <= MAX_CPU_PERCENT ? null : { key: 'succession.cpu', params: { cpu: Math.round(info.cpuPercent), most: MAX_CPU_PERCENT } }),
  ({ info }) => (info.memoryPercent <= MAX_MEMORY_PERCENT ? null : { key: 'succession.memory', params: { memory: Math.round(info.memoryPercent), most: MAX_MEMORY_PERCENT } }),
]

/**
 * Who is to follow, by filter and then by score: the higher priority, the less busy CPU in classes of 10 %, the smaller
 * id. `deposed` is the master that is being replaced: it is not its own successor. The same sightings always give the
 * same answer, in whatever order they come. (`protocol.md` §4)
 */
export function succession(sightings: readonly Sighting[], deposed: string | null): Succession {
  const needs = [...NEEDS, ({ info }: Sighting) => (info.id === deposed ? { key: 'succession.deposed', params: {} } : null)]
  const ordered = sightings.toSorted((a, b) => byScore(a.info, b.info))
  const able = ordered.filter((sighting) => objection(needs, sighting) === null)
  const wishes = wishesThatLeaveSomebody(able)
  const ranked = able.filter((sighting) => objection(wishes, sighting) === null)
  const passedOver = ordered.filter((sighting) => !ranked.includes(sighting))
  return {
    deputies: ranked.slice(0, DEPUTIES).map(({ info }) => info.id),
    considered: [
      ...ranked.map((sighting, index) => inWords(sighting, index === 0, placeOf(sighting, index))),
      ...passedOver.map((sighting) => inWords(sighting, false, [objection([...needs, ...wishes], sighting)])),
    ],
  }
}

function wishesThatLeaveSomebody(able: readonly Sighting[]): readonly Objection[] {
  const kept = [...WISHES]
  while (kept.length > 0 && !able.some((sighting) => objection(kept, sighting) === null)) kept.pop()
  return kept
}

function inWords({ info: { id, name } }: Sighting, chosen: boolean, reasons: readonly (Sentence | null)[]): Considered {
  const said = reasons.filter((reason) => reason !== null)
  return { nodeId: id, name, chosen, why: said.map((reason) => translate('en', reason)).join(', '), said }
}

/** The first that there is. */
function objection(objections: readonly Objection[], sighting: Sighting): Sentence | null {
  for (const object of objections) {
    const why = object(sighting)
    if (why !== null) return why
  }
  return null
}

/** The better master first. */
export function byScore(a: Scored, b: Scored): number {
  return b.priority - a.priority || cpuClass(a) - cpuClass(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

type Scored = Pick<NodeInfo, 'id' | 'priority' | 'cpuPercent'>

function cpuClass(info: Scored): number {
  return Math.floor(info.cpuPercent / 10)
}

function placeOf(sighting: Sighting, index: number): Sentence[] {
  const key = index === 0 ? 'succession.first' : index < DEPUTIES ? 'succession.deputy' : 'succession.place'
  const despite = WISHES.map((object) => object(sighting)).filter((reason) => reason !== null)
  const score = { n: index < DEPUTIES ? index : index + 1, priority: sighting.info.priority, cpu: Math.round(sighting.info.cpuPercent) }
  return [{ key, params: score }, ...despite.map(({ key: reason, params }) => ({ key: `${reason}.despite`, params }))]
}

function silentFor(ms: number): Sentence {
  return { key: 'succession.silent', params: { seconds: (ms / 1000).toFixed(1) } }
}
