import type { ErrorBar } from '../../../shared/charts/error-bars.ts'
import { ERROR_FAMILIES } from '../../../shared/charts/error-families.ts'
import { ERROR_INSET, plotBox, xWithin } from '../../../shared/charts/plot-box.ts'
import type { Painter } from './palette.ts'

/** Paints the stacks; in the light theme a dark hairline keeps pale fills visible. */
export function barPainter(bars: readonly ErrorBar[], fromMs: number, toMs: number, max: number): Painter {
  return (ctx, palette, width, height) => {
    const box = plotBox(width, height, ERROR_INSET)
    ctx.strokeStyle = palette('bar-line')
    for (const bar of bars) {
      const x = xWithin(box, fromMs, toMs, bar.fromMs)
      const thick = Math.max(xWithin(box, fromMs, toMs, bar.toMs) - x - 1, 1)
      let foot = box.top + box.height
      for (const family of ERROR_FAMILIES) {
        const tall = (bar.perSecond[family] / max) * box.height
        if (tall <= 0) continue
        ctx.fillStyle = palette(`err-${family}`)
        ctx.fillRect(x, foot - tall, thick, tall)
        if (family === 'timeout' && tall > 2) ctx.strokeRect(x + 0.5, foot - tall + 0.5, thick - 1, tall - 1)
        foot -= tall
      }
    }
  }
}
