import fc from 'fast-check'
import type { LoadProfile } from '../../src/shared/task/load.ts'

/** Courses of up to 6 pieces, jumps and pauses among them, with at most some thousand arrivals. */
export const profiles: fc.Arbitrary<LoadProfile> = fc.record({
  startRate: rate(),
  pieces: fc.array(fc.record({ durationMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3000 })), target: rate() }), { minLength: 1, maxLength: 6 }),
})

export function rate(): fc.Arbitrary<number> {
  return fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 800 }), fc.double({ min: 0.1, max: 800, noNaN: true }))
}

export function constant(perSecond: number, durationMs: number): LoadProfile {
  return { startRate: perSecond, pieces: [{ durationMs, target: perSecond }] }
}
