import { formatNoise, isLoud, louder, type Noise } from './noise.ts'

/** Rounds that count. In each, every contestant ran once, one right after the other. */
export interface Rounds<T> {
  /** `kept[round][contestant]`. */
  kept: T[][]
  /** Rounds thrown away because of neighbours. */
  discarded: number
  /** False: too few quiet rounds were to be had, so the loud ones are in. */
  quiet: boolean
}

export interface RoundsPlan {
  rounds: number
  /** Rounds in all, loud ones included; default: half as many again. A busy machine must not keep us for ever. */
  most?: number
  say: (line: string) => void
}

/**
 * Runs contestants in interleaved rounds; each round begins with another one, so that none always follows the same.
 * A round in which the machine was loud is thrown away for all contestants, and repeated within bounds.
 */
export async function interleave<T extends { noise: Noise }>(contestants: readonly (() => Promise<T>)[], { rounds, most = Math.ceil(rounds * 1.5), say }: RoundsPlan): Promise<Rounds<T>> {
  const quiet: T[][] = []
  const loud: T[][] = []
  while (quiet.length < rounds && quiet.length + loud.length < most) {
    const round = await oneRound(contestants, quiet.length + loud.length)
    const noise = round.map((result) => result.noise).reduce(louder)
    ;(isLoud(noise) ? loud : quiet).push(round)
    say(`  round ${quiet.length + loud.length}: ${formatNoise(noise)}${isLoud(noise) ? ', discarded: too loud' : ''}`)
  }
  if (quiet.length >= rounds / 2) return { kept: quiet, discarded: loud.length, quiet: true }
  say('  too few quiet rounds: the loud ones are counted, and marked so')
  return { kept: [...quiet, ...loud], discarded: 0, quiet: false }
}

async function oneRound<T>(contestants: readonly (() => Promise<T>)[], number: number): Promise<T[]> {
  const results = new Map<number, T>()
  for (let i = 0; i < contestants.length; i++) {
    const index = (i + number) % contestants.length
    const contestant = contestants[index]
    if (contestant !== undefined) results.set(index, await contestant())
  }
  return contestants.flatMap((_, index) => results.get(index) ?? [])
}
