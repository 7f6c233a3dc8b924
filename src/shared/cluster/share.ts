import type { Share } from './cluster.ts'

/**
 * Shares as sets of places in the unit range. Every border that is made here lies on the grid on which arrivals sit
 * (`split.ts`, positionOf): multiples of 2^-32, which a double holds and adds exactly. So parts never overlap by a hair,
 * and what is said to add up to 1 does.
 */
const GRID = 2 ** 32

export const WHOLE: Share = [{ from: 0, to: 1 }]

/** The nearest place on the grid. */
export function onGrid(place: number): number {
  return Math.round(place * GRID) / GRID
}

/** The most on the grid that is not more. */
export function floorOnGrid(part: number): number {
  return Math.floor(part * GRID) / GRID
}

/** All places of all shares, in order, neighbours joined. */
export function union(shares: readonly Share[]): Share {
  const sorted = shares.flat().filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)
  const joined: Share = []
  for (const { from, to } of sorted) {
    const last = joined.at(-1)
    if (last === undefined || from > last.to) joined.push({ from, to })
    else last.to = Math.max(last.to, to)
  }
  return joined
}

/** The places of a share that are not in the other. Both are walked once: after the loss of many nodes they have thousands of pieces. */
export function without(share: Share, other: Share): Share {
  const taken = union([other])
  const left: Share = []
  let next = 0
  for (const { from, to } of union([share])) {
    while (next < taken.length && taken[next]!.to <= from) next++
    let at = from
    for (let k = next; k < taken.length && taken[k]!.from < to; k++) {
      const hole = taken[k]!
      if (hole.from > at) left.push({ from: at, to: hole.from })
      at = hole.to
    }
    if (at < to) left.push({ from: at, to })
  }
  return left
}

/** The places that both have. */
export function common(share: Share, other: Share): Share {
  return without(share, without(share, other))
}

/** The first places of a share, of this measure as nearly as the grid allows, and the rest. */
export function cut(share: Share, wanted: number): [taken: Share, rest: Share] {
  const taken: Share = []
  const rest: Share = []
  let left = onGrid(wanted)
  for (const { from, to } of share) {
    const border = Math.min(to, from + Math.max(0, left))
    if (from < border) taken.push({ from, to: border })
    if (border < to) rest.push({ from: border, to })
    left -= border - from
  }
  return [taken, rest]
}

export function isSame(one: Share, other: Share): boolean {
  return one.length === other.length && one.every(({ from, to }, index) => from === other[index]?.from && to === other[index]?.to)
}
