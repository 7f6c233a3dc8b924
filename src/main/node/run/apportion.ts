import { split } from '../../../shared/cluster/split.ts'

/** Parts are counted in the steps of the grid of places (`share.ts`). */
const STEPS = 2 ** 32

export interface Taker {
  weight: number
  /** Most that it can take. */
  room: number
}

/**
 * Divides a measure by weight, nobody getting more than fits (water filling): what is over goes to those that have room
 * left. The parts are on the grid and sum to `total` exactly, or to all the room there is.
 */
export function apportion(total: number, takers: readonly Taker[]): number[] {
  const rooms = takers.map(({ room }) => Math.floor(Math.max(0, Math.min(1, room)) * STEPS))
  const parts = takers.map(() => 0)
  let left = Math.round(total * STEPS)
  let open = takers.map((_, index) => index).filter((index) => rooms[index]! > 0)
  while (left > 0 && open.length > 0) {
    const weights = open.map((index) => takers[index]!.weight)
    const ideal = split(left, weights)
    const full = new Set(open.filter((index, k) => ideal[k]! >= rooms[index]!))
    if (full.size === 0) {
      open.forEach((index, k) => (parts[index] = ideal[k]!))
      break
    }
    for (const index of full) {
      parts[index] = rooms[index]!
      left -= rooms[index]!
    }
    open = open.filter((index) => !full.has(index))
  }
  return parts.map((part) => part / STEPS)
}
