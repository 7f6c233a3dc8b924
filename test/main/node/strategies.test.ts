import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { byCapacity, even, strategies } from '../../../src/main/node/strategies.ts'
import { firstShares } from '../../../src/main/node/run/sharing.ts'
import { measure } from '../../../src/shared/cluster/split.ts'
import { nodeOf } from '../../contract/fixtures.ts'

describe('the default strategy', () => {
  const weightOf = (changes: Parameters<typeof nodeOf>[1]) => byCapacity([nodeOf('a', changes)])[0]!

  test('gives more to whoever has more cores, idle CPU and free memory', () => {
    expect(weightOf({ cores: 8 })).toBeGreaterThan(weightOf({ cores: 4 }))
    expect(weightOf({ cpuPercent: 10 })).toBeGreaterThan(weightOf({ cpuPercent: 60 }))
    expect(weightOf({ memoryPercent: 50 })).toBeGreaterThan(weightOf({ memoryPercent: 99 }))
    expect(weightOf({ memoryBytes: 2 ** 32 })).toBeGreaterThan(weightOf({ memoryBytes: 2 ** 28 }))
  })

  test('gives even a node that is worn out a little', () => {
    expect(weightOf({ cpuPercent: 100, memoryPercent: 100 })).toBeGreaterThan(0)
  })
})

test('shares of any strategy cover all arrivals once', () => {
  const nodes = fc.array(fc.record({ cpuPercent: fc.double({ min: 0, max: 100, noNaN: true }), cores: fc.integer({ min: 1, max: 256 }) }), { minLength: 1, maxLength: 50 })
  fc.assert(fc.property(nodes, fc.constantFrom(byCapacity, even), (list, strategy) => {
    const shares = firstShares(strategy(list.map((node, index) => nodeOf(`n${index}`, node))).map((weight) => ({ weight, cap: 1 })))
    const borders = shares.flat()
    expect(borders[0]?.from).toBe(0)
    expect(borders.at(-1)?.to).toBe(1)
    borders.slice(1).forEach(({ from }, index) => expect(from).toBe(borders[index]!.to))
    expect(shares.reduce((sum, share) => sum + measure(share), 0)).toBeCloseTo(1, 9)
  }))
})

test('strategies are known by name', () => {
  expect(strategies().names()).toEqual(['capacity', 'cores', 'even'])
  expect(() => strategies().create('best', undefined)).toThrow('There is no strategy named "best".')
})
