import { cumulative, plannedTotal, planBorders, profileDuration } from '../../../shared/task/load.ts'
import type { LoadProfile } from '../../../shared/task/load.ts'

/** A straight stretch of a profile on which arrivals happen: from N = `fromN` at `fromMs` to N = `toN`. */
interface Stretch {
  fromN: number
  toN: number
  fromMs: number
  /** Time between two arrivals, ms, where the rate is constant; 0 on a ramp. */
  gapMs: number
  /** Rate at the start of the stretch, per ms, and its change per ms². */
  rate: number
  slope: number
}

/**
 * The inverse of N(t) for a walk along the arrivals: the same as `instantOf`, but it remembers the stretch it is on,
 * so that the next instant costs a multiplication and not a walk over the pieces.
 */
export class Course {
  readonly profile: LoadProfile
  /** Arrivals in the whole profile. */
  readonly total: number
  readonly endMs: number
  readonly #stretches: Stretch[]
  #index = 0

  constructor(profile: LoadProfile) {
    this.profile = profile
    this.total = plannedTotal(profile)
    this.endMs = profileDuration(profile)
    this.#stretches = stretchesOf(profile)
  }

  /** When N reaches `x`, ms of the run; the end of the profile for what rounding puts behind its last arrival. */
  instantOf(x: number): number {
    const stretch = this.#stretches[this.#index]
    if (stretch === undefined || x <= stretch.fromN || x > stretch.toN) return this.#seek(x)
    return instantOn(stretch, x)
  }

  #seek(x: number): number {
    const found = this.#stretches.findIndex(({ toN }) => x <= toN)
    if (found === -1) return this.endMs
    this.#index = found
    return instantOn(this.#stretches[found]!, x)
  }
}

/** N up to which two profiles are the same; Infinity if they are the same all along. */
export function commonArrivals(a: LoadProfile, b: LoadProfile): number {
  const borders = [...planBorders(a), ...planBorders(b)].map(([ms]) => ms).sort((x, y) => x - y)
  let from = 0
  for (const to of borders) {
    // Between two borders both are parabolas, equal at `from`: equal at two more points, they are one.
    if (differ(a, b, (from + to) / 2) || differ(a, b, to)) return cumulative(a, from)
    from = to
  }
  return Infinity
}

function differ(a: LoadProfile, b: LoadProfile, ms: number): boolean {
  const n = cumulative(a, ms)
  return Math.abs(n - cumulative(b, ms)) > 1e-9 * (1 + n)
}

function stretchesOf(profile: LoadProfile): Stretch[] {
  const stretches: Stretch[] = []
  let fromN = 0
  let fromMs = 0
  let from = profile.startRate
  for (const { durationMs, target } of profile.pieces) {
    const toN = fromN + ((from + target) * durationMs) / 2000
    if (toN > fromN) {
      const gapMs = from === target ? 1000 / from : 0
      stretches.push({ fromN, toN, fromMs, gapMs, rate: from / 1000, slope: (target - from) / 1000 / durationMs })
    }
    fromN = toN
    fromMs += durationMs
    from = target
  }
  return stretches
}

/** On a ramp the root of r·t + s·t²/2 = m, written as 2m / (r + √(r² + 2sm)), which loses no digits when s is small. */
function instantOn(stretch: Stretch, x: number): number {
  const m = Math.max(0, x - stretch.fromN)
  if (stretch.gapMs > 0) return stretch.fromMs + m * stretch.gapMs
  const { rate, slope } = stretch
  return stretch.fromMs + (2 * m) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * m)))
}
