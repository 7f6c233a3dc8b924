/** `steps` colours along hex `stops`. */
export function colourRamp(stops: readonly string[], steps: number): string[] {
  const points = stops.map(channels)
  return Array.from({ length: steps }, (_, i) => {
    const x = (i / Math.max(steps - 1, 1)) * (points.length - 1)
    const from = points[Math.min(Math.floor(x), points.length - 2)] ?? [0, 0, 0]
    const to = points[Math.min(Math.floor(x) + 1, points.length - 1)] ?? from
    const part = x - Math.min(Math.floor(x), points.length - 2)
    return `rgb(${from.map((c, k) => Math.round(c + ((to[k] ?? c) - c) * part)).join(' ')})`
  })
}

function channels(hex: string): number[] {
  const full = hex.length === 4 ? hex.replace(/[\da-f]/gi, '$&$&') : hex
  return [1, 3, 5].map((at) => Number.parseInt(full.slice(at, at + 2), 16) || 0)
}
