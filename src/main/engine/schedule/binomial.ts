/** Below this mean, counting up from 0 is faster. */
const SMALL_MEAN = 10

/**
 * How many of `n` independent trials succeed, each with probability `p`: exact, in a time that does not depend on `n`.
 * `random`: uniform in [0, 1).
 */
export function binomial(n: number, p: number, random: () => number): number {
  if (n <= 0 || p <= 0) return 0
  if (p >= 1) return n
  if (p > 0.5) return n - binomial(n, 1 - p, random)
  return n * p < SMALL_MEAN ? byInversion(n, p, random) : byRejection(n, p, random)
}

function byInversion(n: number, p: number, random: () => number): number {
  const odds = p / (1 - p)
  let chance = Math.exp(n * Math.log1p(-p))
  let left = random()
  for (let k = 0; k < n; k++) {
    if (left < chance) return k
    left -= chance
    chance *= (odds * (n - k)) / (k + 1)
  }
  return n
}

/** Transformed rejection with squeeze: BTRS of W. Hörmann, "The generation of binomial random variates" (1993). */
function byRejection(n: number, p: number, random: () => number): number {
  const deviation = Math.sqrt(n * p * (1 - p))
  const b = 1.15 + 2.53 * deviation
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const accepted = 0.92 - 4.2 / b
  for (;;) {
    const u = random() - 0.5
    const v = random()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5)
    if (us >= 0.07 && v <= accepted) return k
    if (k >= 0 && k <= n && Math.log((v * (2.83 + 5.1 / b) * deviation) / (a / (us * us) + b)) <= logRatio(k, n, p)) return k
  }
}

/** Logarithm of the chance of `k` over that of the likeliest count. */
function logRatio(k: number, n: number, p: number): number {
  const odds = p / (1 - p)
  const m = Math.floor((n + 1) * p)
  return (
    (m + 0.5) * Math.log((m + 1) / (odds * (n - m + 1))) + (n + 1) * Math.log((n - m + 1) / (n - k + 1)) + (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
    stirlingTail(m) + stirlingTail(n - m) - stirlingTail(k) - stirlingTail(n - k)
  )
}

const FIRST_TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.0092554621827127, 0.0083305634333631,
]

/** What Stirling's formula lacks for the logarithm of `k` factorial. */
function stirlingTail(k: number): number {
  const next = k + 1
  return FIRST_TAILS[k] ?? (1 / 12 - (1 / 360 - 1 / 1260 / (next * next)) / (next * next)) / next
}
