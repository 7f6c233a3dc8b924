
/**
 * Load profile: how many iterations are due by when.
 *
 * A profile is a piecewise-linear target rate over time. `cumulative(t)` is its integral N(t), exact, and
 * `instantOf(n)` the inverse. Arrival number k (1, 2, …) is due when N(t) = k − ½: so every whole second of a constant
 * rate holds exactly that many arrivals, none sits on a border, and N(end) rounded is the planned total.
 * A change of rate keeps N continuous: the fractional position survives, nothing bursts, nothing is lost.
 */
export interface LoadProfile {
  /** Target rate at the very start, iterations per second. */
  startRate: number
  /** Straight pieces in order; a piece of length 0 is a jump. After the last one the rate is 0. */
  pieces: { durationMs: number; target: number }[]
}

/** What a LoadSpec means, compiled. */
export type LoadPlan = OpenLoad | ClosedLoad

export interface OpenLoad {
  model: 'open'
  /** Warm-up included as the first pieces. */
  profile: LoadProfile
  /** Arrivals due before this instant are kept out of the result, ms. */
  warmupMs: number
  arrivals: 'uniform' | 'poisson'
  maxConnections: number
  maxInFlight: number
}

export interface ClosedLoad {
  model: 'closed'
  connections: number
  /** Null: until `requests` are done. Includes the warm-up. */
  durationMs: number | null
  /** Null: until the duration is over. */
  requests: number | null
  warmupMs: number
}
