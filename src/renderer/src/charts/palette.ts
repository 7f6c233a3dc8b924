/** Colours of tokens.css for a canvas, which knows no custom properties. Read anew when the theme changes. */
export type Palette = (token: string) => string

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element)
  const known = new Map<string, string>()
  return (token) => {
    const colour = known.get(token) ?? style.getPropertyValue(`--${token}`).trim()
    known.set(token, colour)
    return colour
  }
}

/** A hex colour with an opacity of 0 … 1. */
export function withAlpha(hex: string, alpha: number): string {
  return `${hex}${Math.round(alpha * 255).toString(16).padStart(2, '0')}`
}

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
