/** Red, green and blue, 0 … 255. */
export type Rgb = readonly [number, number, number]

/** `steps` colours along hex `stops`. */
export function colourRamp(stops: readonly string[], steps: number): Rgb[] {
  const points = stops.map(channels)
  return Array.from({ length: steps }, (_, i) => {
    const x = (i / Math.max(steps - 1, 1)) * (points.length - 1)
    const from = points[Math.min(Math.floor(x), points.length - 2)] ?? BLACK
    const to = points[Math.min(Math.floor(x) + 1, points.length - 1)] ?? from
    const part = x - Math.min(Math.floor(x), points.length - 2)
    const between = (k: 0 | 1 | 2): number => Math.round(from[k] + (to[k] - from[k]) * part)
    return [between(0), between(1), between(2)]
  })
}

const BLACK: Rgb = [0, 0, 0]

function channels(hex: string): Rgb {
  const full = hex.length === 4 ? hex.replace(/[\da-f]/gi, '$&$&') : hex
  const channel = (at: number): number => Number.parseInt(full.slice(at, at + 2), 16) || 0
  return [channel(1), channel(3), channel(5)]
}
