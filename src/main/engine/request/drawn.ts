/** Uniform in [0, 1) by seed and number alone, with 53 bits: whoever executes an iteration draws the same. */
export function drawn(seed: number, n: number): number {
  const high = mix(seed ^ mix(n >>> 0) ^ Math.imul(Math.floor(n / 4_294_967_296) + 1, 0x85ebca6b))
  const low = mix(high ^ 0x68e31da4 ^ (n >>> 0))
  return ((high >>> 5) * 67_108_864 + (low >>> 6)) / 9_007_199_254_740_992
}

/** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
