/** Colours of tokens.css for a canvas, which knows no custom properties. Read anew when the theme changes. */
export type Palette = (token: string) => string

/** Paints a canvas of so many CSS px. */
export type Painter = (ctx: CanvasRenderingContext2D, palette: Palette, width: number, height: number) => void

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
