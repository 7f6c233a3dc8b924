/** Where gridlines and labels of an axis go. Pure; the same for uPlot and for our own canvases. */

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400]

/** Round numbers from 0 to at most `max`, about `count` of them. */
export function linearTicks(max: number, count = 4): number[] {
  if (!(max > 0)) return [0]
  const raw = max / count
  const magnitude = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 4, 5, 10].map((m) => m * magnitude).find((candidate) => candidate >= raw) ?? 10 * magnitude
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)))
}

/** Whole decades from `min` to `max`, both powers of ten. */
export function decadeTicks(min: number, max: number): number[] {
  const from = Math.round(Math.log10(min))
  const to = Math.round(Math.log10(max))
  return Array.from({ length: to - from + 1 }, (_, i) => Number((10 ** (from + i)).toPrecision(3)))
}

/** 1, 2 and 5 of each decade between two values, for a logarithm that spans few of them; of many, whole decades. */
export function logTicks(min: number, max: number): number[] {
  const decades = decadeTicks(10 ** Math.floor(Math.log10(min)), 10 ** Math.ceil(Math.log10(max)))
  const steps = max / min > 2000 ? [1] : [1, 2, 5]
  return decades.flatMap((decade) => steps.map((step) => Number((decade * step).toPrecision(3)))).filter((tick) => tick >= min && tick <= max)
}

/** Instants in ms on round seconds or minutes, at most `count + 1` of them. */
export function timeTicks(fromMs: number, toMs: number, count = 6): number[] {
  const spanS = Math.max((toMs - fromMs) / 1000, 1)
  const stepS = STEPS_S.find((step) => spanS / step <= count) ?? Math.ceil(spanS / count / 14400) * 14400
  const first = Math.ceil(fromMs / 1000 / stepS) * stepS
  const ticks: number[] = []
  for (let s = first; s * 1000 <= toMs + 1; s += stepS) ticks.push(s * 1000)
  return ticks
}

/** The decades that hold all of `values` (ms): at least two of them, so that a line has room. */
export function decadesAround(low: number, high: number): { min: number; max: number } {
  const min = 10 ** Math.floor(Math.log10(Math.max(low, 0.01)) + 1e-9)
  const max = 10 ** Math.ceil(Math.log10(Math.max(high, min * 10)) - 1e-9)
  return { min, max: max / min < 100 ? min * 100 : max }
}
