import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PROTOCOL } from '../../../src/main/node/protocol.ts'
import { succession, type Sighting } from '../../../src/main/node/election/successor.ts'
import type { NodeInfo } from '../../../src/shared/cluster/cluster.ts'
import { nodeOf } from '../../contract/fixtures.ts'

function seen(id: string, changes: Partial<NodeInfo> = {}, silentMs = 500): Sighting {
  return { info: nodeOf(id, changes), silentMs }
}

function why(sightings: Sighting[], nodeId: string, deposed: string | null = null): string | undefined {
  return succession(sightings, deposed).considered.find((one) => one.nodeId === nodeId)?.why
}

describe('the successor', () => {
  test('is the node with the highest priority, then the idler CPU in classes of ten percent, then the smaller id', () => {
    const nodes = [seen('d', { cpuPercent: 12 }), seen('c', { cpuPercent: 19 }), seen('b', { cpuPercent: 21 }), seen('a', { priority: 2, cpuPercent: 79 })]
    expect(succession(nodes, null).deputies).toEqual(['a', 'c', 'd'])
    expect(succession(nodes, null).considered.map(({ nodeId }) => nodeId)).toEqual(['a', 'c', 'd', 'b'])
  })

  test('has two deputies at most, and the reasons of everybody are told', () => {
    const nodes = [seen('a'), seen('b'), seen('c'), seen('d'), seen('w', { role: 'worker' }), seen('z', { priority: 0 }), seen('busy', { cpuPercent: 95 })]
    expect(succession(nodes, 'a')).toMatchObject({
      deputies: ['b', 'c', 'd'],
      considered: [
        { nodeId: 'b', chosen: true, why: 'first choice: priority 1, CPU 10 %' },
        { nodeId: 'c', chosen: false, why: 'deputy 1: priority 1, CPU 10 %' },
        { nodeId: 'd', chosen: false, why: 'deputy 2: priority 1, CPU 10 %' },
        { nodeId: 'a', chosen: false, why: 'the master that is being replaced' },
        { nodeId: 'w', chosen: false, why: 'a worker never leads' },
        { nodeId: 'busy', chosen: false, why: 'CPU 95 % above 80 %' },
        { nodeId: 'z', chosen: false, why: 'priority 0 never leads' },
      ],
    })
  })

  test('is never the deposed master, a node that is down, or one of another protocol', () => {
    const nodes = [seen('a'), seen('b', {}, 4000), seen('c', { protocol: { major: PROTOCOL.major + 1, minor: 0 } })]
    expect(succession(nodes, 'a').deputies).toEqual([])
    expect(why(nodes, 'b')).toBe('silent for 4.0 s')
    expect(why(nodes, 'c')).toBe(`protocol ${PROTOCOL.major + 1}, not ${PROTOCOL.major}`)
  })

  test('may be short of memory, then busy, then quiet for a moment, if there is no better one', () => {
    const [tight, busy, quiet] = [seen('tight', { memoryPercent: 95 }), seen('busy', { cpuPercent: 90 }), seen('quiet', {}, 2500)]
    expect(succession([tight, busy, quiet], null).deputies).toEqual(['tight'])
    expect(succession([busy, quiet], null).deputies).toEqual(['busy'])
    expect(succession([quiet], null).deputies).toEqual(['quiet'])
    expect(why([tight, busy, quiet], 'tight')).toBe('first choice: priority 1, CPU 10 %, in spite of memory 95 % above 90 %')
  })

  const sightings = fc.uniqueArray(fc.record({
    id: fc.string({ minLength: 1, maxLength: 3 }),
    role: fc.constantFrom('auto', 'worker', 'sentinel'),
    priority: fc.integer({ min: 0, max: 3 }),
    major: fc.integer({ min: PROTOCOL.major, max: PROTOCOL.major + 1 }),
    cpuPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    memoryPercent: fc.double({ min: 0, max: 100, noNaN: true }),
    silentMs: fc.integer({ min: 0, max: 6000 }),
  }), { selector: ({ id }) => id, maxLength: 12 }).map((nodes) => nodes.map(({ id, major, silentMs, ...rest }) => seen(id, { ...rest, protocol: { major, minor: 0 } }, silentMs)))
  const couldLead = ({ info, silentMs }: Sighting, deposed: string | null) =>
    info.role === 'auto' && info.priority > 0 && info.protocol.major === PROTOCOL.major && silentMs < 4000 && info.id !== deposed

  test('could always lead, and is found whenever somebody could', () => {
    fc.assert(fc.property(sightings, fc.constantFrom('a', 'b', null), (nodes, deposed) => {
      const { deputies } = succession(nodes, deposed)
      const able = nodes.filter((node) => couldLead(node, deposed)).map(({ info }) => info.id)
      expect(deputies.every((id) => able.includes(id))).toBe(true)
      expect(deputies.length > 0).toBe(able.length > 0)
    }))
  })

  test('is the same for every sentinel, in whatever order it knows the nodes', () => {
    fc.assert(fc.property(sightings.chain((nodes) => fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length }))), ([nodes, shuffled]) => {
      expect(succession(shuffled, null)).toEqual(succession(nodes, null))
    }))
  })

  test('and its deputies are distinct, at most three, and each node is considered once', () => {
    fc.assert(fc.property(sightings, (nodes) => {
      const { deputies, considered } = succession(nodes, null)
      expect(new Set(deputies).size).toBe(deputies.length)
      expect(deputies.length).toBeLessThanOrEqual(3)
      expect(considered.map(({ nodeId }) => nodeId).sort()).toEqual(nodes.map(({ info }) => info.id).sort())
      expect(considered.filter(({ chosen }) => chosen).map(({ nodeId }) => nodeId)).toEqual(deputies.slice(0, 1))
      expect(considered.every(({ why: reason }) => reason !== '')).toBe(true)
    }))
  })
})
