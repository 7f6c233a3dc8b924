/**
 * The latency law of the built-in target: known, so that a run against it can be checked against the truth.
 *
 * Log-normal around a median of 4 ms (σ = 0.35: p95 ≈ 7.1 ms, p99 ≈ 9.0 ms); for 2 s in every 40 s a slow mode
 * multiplies it by 8; 0.4 % of the answers are `503 Service Unavailable`.
 */
export const DEMO_LAW = { medianMs: 4, sigma: 0.35, slowEveryMs: 40_000, slowForMs: 2_000, slowFactor: 8, failureRate: 0.004 } as const

/** @param uptimeMs age of the target; the slow mode sits at the end of each period, so that a short demo stays fast. */
export function demoLatencyMs(uptimeMs: number, random: () => number): number {
  const base = DEMO_LAW.medianMs * Math.exp(DEMO_LAW.sigma * standardNormal(random))
  return isSlow(uptimeMs) ? base * DEMO_LAW.slowFactor : base
}

export function demoFails(random: () => number): boolean {
  return random() < DEMO_LAW.failureRate
}

function isSlow(uptimeMs: number): boolean {
  return uptimeMs % DEMO_LAW.slowEveryMs >= DEMO_LAW.slowEveryMs - DEMO_LAW.slowForMs
}

/** Box–Muller; `1 - random()` keeps the logarithm finite. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
