import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Share } from '../../../src/shared/cluster/cluster.ts'
import { firstShares, nextShares, type Carrier, type Moment } from '../../../src/main/node/run/sharing.ts'
import { formerShare, hear, inherited, latestShare, offer, prune, tell, type Stamp, type Tenure } from '../../../src/main/node/run/tenure.ts'
import { common, floorOnGrid, isSame, union, WHOLE, without } from '../../../src/shared/cluster/share.ts'
import { measure } from '../../../src/shared/cluster/split.ts'

const told: Stamp = { epoch: 1, revision: 1 }
const carrier = (share: Share, changes: Partial<Carrier> = {}): Carrier => ({ tenures: [{ share, fromMs: 0, sureMs: 0, told }], weight: 1, cap: 1, part: 'takes', goal: null, ...changes })
const piece = (from: number, to: number): Share => [{ from, to }]
const at = (nowMs: number): Moment => ({ nowMs, soonMs: nowMs + 300, plannedMs: nowMs + 3000 })

describe('the next shares', () => {
  test('are those of before where nothing has changed', () => {
    expect(nextShares([carrier(piece(0, 0.5)), carrier(piece(0.5, 1))], at(1000))).toEqual({ offers: [], deficit: 0 })
  })

  test('of a node that is gone go to the others by weight, who keep theirs', () => {
    const { offers, deficit } = nextShares([carrier(piece(0, 0.25), { weight: 1 }), carrier(piece(0.75, 1), { weight: 3 })], at(1000))
    expect(offers).toEqual([{ index: 0, share: piece(0, 0.375), fromMs: 1300 }, { index: 1, share: piece(0.375, 1), fromMs: 1300 }])
    expect(deficit).toBe(0)
  })

  test('end at the caps, and what nobody can take is said', () => {
    const { offers, deficit } = nextShares([carrier(piece(0, 0.25), { cap: 0.375 }), carrier(piece(0.25, 0.5), { cap: 0.5 })], at(0))
    expect(offers.map(({ share }) => measure(share))).toEqual([0.375, 0.5])
    expect(deficit).toBe(0.125)
  })

  test('of a node that is drained are taken from it first, and given away for the same instant once it has said so', () => {
    const leaving = carrier(piece(0, 0.5), { part: 'yields' })
    const staying = carrier(piece(0.5, 1))
    const first = nextShares([leaving, staying], at(1000))
    expect(first.offers).toEqual([{ index: 0, share: [], fromMs: 4000 }])
    offer(leaving, [], 4000)
    tell(leaving, { epoch: 1, revision: 2 })
    expect(nextShares([leaving, staying], at(1500)).offers).toEqual([])
    hear(leaving, { epoch: 1, revision: 2 }, 1600)
    expect(nextShares([leaving, staying], at(1600)).offers).toEqual([{ index: 1, share: WHOLE, fromMs: 4000 }])
  })

  test('shrink at once where a higher rate is more than a node may send', () => {
    const { offers, deficit } = nextShares([carrier(piece(0, 0.5), { cap: 0.25 }), carrier(piece(0.5, 1))], at(0))
    expect(offers).toEqual([{ index: 0, share: piece(0, 0.25), fromMs: 300 }])
    expect(deficit).toBe(0)
  })

  test('make room for a joiner that is to have its part, from everybody in proportion, and only when nothing else moves', () => {
    const joiner = carrier([], { goal: 0.5 })
    const first = nextShares([carrier(piece(0, 0.75)), carrier(piece(0.75, 1)), joiner], at(0))
    expect(first.offers).toEqual([{ index: 0, share: piece(0, 0.375), fromMs: 3000 }, { index: 1, share: piece(0.75, 0.875), fromMs: 3000 }])
    const moving = carrier(piece(0, 0.75))
    offer(moving, piece(0, 0.5), 2000)
    tell(moving, told)
    expect(nextShares([moving, carrier(piece(0.5, 1)), joiner], at(0)).offers).toEqual([])
  })

  test('fill a hole with a joiner, and leave the others alone otherwise', () => {
    expect(nextShares([carrier(piece(0, 1)), carrier([])], at(0)).offers).toEqual([])
    expect(nextShares([carrier(piece(0, 0.5), { cap: 0.5 }), carrier([])], at(0)).offers).toEqual([{ index: 1, share: piece(0.5, 1), fromMs: 300 }])
  })

  test('of one among a thousand go to a few of those that carry least', () => {
    const shares = firstShares(Array.from({ length: 1000 }, () => ({ weight: 1, cap: 1 })))
    const { offers } = nextShares(shares.slice(1).map((share) => carrier(share)), at(0))
    expect(offers).toHaveLength(32)
    expect(offers.reduce((sum, { index, share }) => sum + measure(share) - measure(shares[index + 1]!), 0)).toBe(measure(shares[0]!))
  })
})

test('the first shares cover everything once, by weight and within the caps', () => {
  const takers = fc.array(fc.record({ weight: fc.double({ min: 0, max: 100, noNaN: true }), cap: fc.double({ min: 0.001, max: 1, noNaN: true }) }), { minLength: 1, maxLength: 40 })
  fc.assert(fc.property(takers, (list) => {
    const shares = firstShares(list)
    const room = list.reduce((sum, { cap }) => sum + floorOnGrid(cap), 0)
    expect(shares.reduce((sum, share) => sum + measure(share), 0)).toBe(Math.min(1, room))
    shares.forEach((share, index) => expect(measure(share)).toBeLessThanOrEqual(list[index]!.cap))
    expect(measure(union(shares))).toBe(Math.min(1, room))
  }))
})

/** A node of the model: what its engine does with what it has heard, whenever it hears it. */
interface ModelNode {
  carrier: Carrier
  manifest: { stamp: Stamp; share: Share; fromMs: number; former: Share }
  applied: Stamp
  engine: { share: Share; fromMs: number }[]
  alive: boolean
  lost: boolean
}

/** A fleet, its network with any delay, and a master that may be replaced at any time. */
class Model {
  nowMs = 1000
  nodes: ModelNode[] = []
  epoch = 1
  #revision = 1

  constructor(caps: readonly number[]) {
    const shares = firstShares(caps.map((cap) => ({ weight: 1, cap })))
    caps.forEach((cap, index) => this.#add(cap, shares[index]!, null))
    this.commit()
    for (const node of this.nodes) this.hear(node)
  }

  #add(cap: number, share: Share, goal: number | null): void {
    const tenures: Tenure[] = share.length === 0 ? [] : [{ share, fromMs: 0, sureMs: null, told: null }]
    const stamp = { epoch: 0, revision: 0 }
    this.nodes.push({ carrier: { tenures, weight: 1 + this.nodes.length, cap, part: 'takes', goal }, manifest: { stamp, share: [], fromMs: 0, former: [] }, applied: stamp, engine: [], alive: true, lost: false })
  }

  join(cap: number, goal: number | null): void {
    if (this.nodes.length < 8) this.#add(cap, [], goal)
  }

  get present(): ModelNode[] {
    return this.nodes.filter((node) => !node.lost)
  }

  /** One round of the master. */
  round(): number {
    const { present } = this
    const carriers = present.map(({ carrier }) => carrier)
    const { offers } = nextShares(carriers, at(this.nowMs))
    for (const { index, share, fromMs } of offers) offer(carriers[index]!, share, fromMs)
    if (offers.length > 0) this.commit()
    return offers.length
  }

  commit(): void {
    const stamp = { epoch: this.epoch, revision: ++this.#revision }
    for (const node of this.present) {
      tell(node.carrier, stamp)
      node.manifest = { stamp, share: latestShare(node.carrier), fromMs: node.carrier.tenures.at(-1)?.fromMs ?? 0, former: formerShare(node.carrier, this.nowMs) }
    }
  }

  hear(node: ModelNode): void {
    const { share, fromMs, stamp } = node.manifest
    node.applied = stamp
    if (!node.alive || isSame(node.engine.at(-1)?.share ?? [], share)) return
    node.engine = [...node.engine.filter((tenure) => tenure.fromMs < fromMs), { share, fromMs }]
  }

  report(node: ModelNode): void {
    if (node.alive && !node.lost) hear(node.carrier, node.applied, this.nowMs)
  }

  /** The master takes it off the list: only when it surely sends nothing any more. */
  lose(node: ModelNode): void {
    node.alive = false
    node.lost = true
  }

  succeed(): void {
    this.epoch++
    for (const { carrier, manifest } of this.present) carrier.tenures = manifest.stamp.epoch === 0 ? [] : inherited(manifest.share, manifest.former, manifest.fromMs, manifest.stamp)
    this.commit()
  }

  /** What a node executes of arrivals due at `ms`, now that it has heard what it has. */
  executes({ engine, alive }: ModelNode, ms: number): Share {
    return alive ? (engine.findLast(({ fromMs }) => fromMs <= ms)?.share ?? []) : []
  }

  check(): void {
    const { present } = this
    const instants = [this.nowMs, ...present.flatMap(({ engine, carrier }) => [...engine, ...carrier.tenures].map(({ fromMs }) => fromMs)).filter((ms) => ms > this.nowMs)]
    for (const ms of instants) {
      const shares = present.map((node) => this.executes(node, ms))
      const sum = shares.reduce((all, share) => all + measure(share), 0)
      expect(measure(union(shares)), 'two nodes execute the same arrivals').toBe(sum)
      const possible = present.map(({ carrier }) => possibleAt(carrier, ms))
      possible.forEach((one, index) => possible.slice(index + 1).forEach((other) => expect(common(one, other), 'two nodes could execute the same arrivals').toEqual([])))
      present.forEach((node, index) => expect(without(shares[index]!, possible[index]!), 'the master does not know what a node does').toEqual([]))
    }
  }

  /** Everybody hears, everybody is heard, nothing happens. */
  settle(): void {
    for (let rest = 0; rest < 60; rest++) {
      for (const node of this.present) this.hear(node)
      for (const node of this.present) this.report(node)
      this.round()
      this.nowMs += 500
      for (const { carrier } of this.present) prune(carrier, this.nowMs)
      this.check()
    }
  }
}

/** What could be in force for arrivals due at `ms`, whatever has been heard of all that was said. */
function possibleAt({ tenures }: Carrier, ms: number): Share {
  return union(tenures.filter(({ fromMs }, index) => fromMs <= ms && !tenures.slice(index + 1).some(({ sureMs }) => sureMs !== null && sureMs <= ms)).map(({ share }) => share))
}

const action = fc.record({
  kind: fc.constantFrom('round', 'round', 'hear', 'hear', 'report', 'report', 'lose', 'drain', 'join', 'join-with-goal', 'cap', 'succeed'),
  node: fc.nat(7),
  cap: fc.constantFrom(1, 0.75, 0.5, 0.3, 0.1),
  passMs: fc.constantFrom(0, 50, 400, 1000, 3500),
})

test('in any course of losses, drains, joins, caps, delays and masters no two nodes can ever execute the same arrivals, and all is shared in the end', () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(1, 0.6, 0.4), { minLength: 1, maxLength: 5 }), fc.array(action, { maxLength: 60 }), (caps, actions) => {
    const model = new Model(caps)
    for (const { kind, node: index, cap, passMs } of actions) {
      const node = model.present[index % Math.max(1, model.present.length)]
      if (kind === 'join') model.join(cap, null)
      else if (kind === 'join-with-goal') model.join(cap, 0.25)
      else if (kind === 'succeed') model.succeed()
      else if (kind === 'round' || node === undefined) model.round()
      else if (kind === 'hear') model.hear(node)
      else if (kind === 'report') model.report(node)
      else if (kind === 'lose') model.lose(node)
      else if (kind === 'drain') node.carrier.part = 'yields'
      else node.carrier.cap = cap
      model.check()
      model.nowMs += passMs
      for (const { carrier } of model.present) prune(carrier, model.nowMs)
      model.check()
    }
    model.settle()
    const able = model.present.filter(({ carrier }) => carrier.part === 'takes')
    const carriers = model.present.map(({ carrier }) => carrier)
    const { offers, deficit } = nextShares(carriers, at(model.nowMs))
    expect(offers).toEqual([])
    expect(carriers.reduce((sum, each) => sum + measure(latestShare(each)), 0) + deficit).toBe(1)
    for (const { carrier: each } of model.present) expect(measure(latestShare(each))).toBeLessThanOrEqual(each.part === 'yields' ? 0 : each.cap)
    if (able.some(({ carrier: each }) => measure(latestShare(each)) < floorOnGrid(each.cap))) expect(deficit).toBe(0)
    for (const node of model.present) expect(model.executes(node, model.nowMs)).toEqual(latestShare(node.carrier))
  }), { numRuns: 400 })
})
