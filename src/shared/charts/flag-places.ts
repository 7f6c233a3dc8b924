import type { RunEvent } from '../results/summary.ts'

/** A numbered event of the run. */
export interface Flag {
  number: number
  event: RunEvent
}

/** Width of a number with its gap, px. */
const WIDTH = 16
/** A number further from its line says nothing about when, px. */
const FURTHEST = 26

/** They may come every few seconds: where there is little room, what happened to the nodes and to the rate goes before them. */
export const OFTEN: ReadonlySet<RunEvent['kind']> = new Set(['generator-problem', 'threshold-crossed', 'threshold-recovered', 'overload', 'gap'])

/** How far the number of each event stands right of its line, px: side by side where they are close; no entry: there is no room. */
export function flagPlaces(flags: readonly Flag[], xOf: (ms: number) => number): ReadonlyMap<number, number> {
  const places = new Map<number, number>()
  const taken: number[] = []
  const rare = flags.filter(({ event }) => !OFTEN.has(event.kind))
  const often = flags.filter(({ event }) => OFTEN.has(event.kind))
  for (const { number, event } of [...rare, ...often]) {
    const line = xOf(event.atMs)
    const x = freeFrom(line, taken)
    if (x - line > FURTHEST) continue
    taken.push(x)
    places.set(number, x - line)
  }
  return places
}

function freeFrom(line: number, taken: readonly number[]): number {
  let x = line
  for (const other of taken.toSorted((a, b) => a - b)) if (Math.abs(other - x) < WIDTH) x = other + WIDTH
  return x
}
