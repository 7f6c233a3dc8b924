import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DueRing } from '../../../../src/main/engine/lanes/due-ring.ts'

describe('the queue of intended times', () => {
  it('behaves as a plain queue, however it grows and wraps round', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant('push') }, { weight: 2, arbitrary: fc.constant('drop') }), { maxLength: 3000, minLength: 1000 }), (steps) => {
        const ring = new DueRing()
        const plain: [number, number, number][] = []
        steps.forEach((step, i) => {
          if (step === 'push') {
            ring.push(i, i + 0.5, i * 3)
            plain.push([i, i + 0.5, i * 3])
          } else {
            ring.drop()
            plain.shift()
          }
          expect([ring.size, ring.dueAt, ring.since, ring.n]).toEqual([plain.length, ...(plain[0] ?? [NaN, NaN, NaN])])
        })
      }),
      { numRuns: 20 },
    )
  })
})
