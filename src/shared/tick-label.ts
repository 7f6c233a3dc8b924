/** Labels of round axis values: no more digits than the value has. Figures of results go through shared `format.ts`. */

/** `0`, `500`, `1.5k`, `12k`, `2M`. */
export function shortTick(value: number): string {
  if (value >= 1e6) return `${String(Number((value / 1e6).toPrecision(4)))}M`
  if (value >= 1000) return `${String(Number((value / 1000).toPrecision(4)))}k`
  return String(Number(value.toPrecision(4)))
}

/** Round times in ms: `10 µs`, `1 ms`, `250 ms`, `1 s`. */
export function timeTick(ms: number): string {
  if (ms === 0) return '0'
  if (ms < 0.1) return `${String(Number((ms * 1000).toPrecision(4)))} µs`
  if (ms < 1000) return `${String(Number(ms.toPrecision(4)))} ms`
  return `${String(Number((ms / 1000).toPrecision(4)))} s`
}
