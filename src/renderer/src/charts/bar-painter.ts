import type { ErrorBar } from '../../../shared/charts/error-bars.ts'
import { ERROR_FAMILIES } from '../../../shared/charts/error-families.ts'
import type { PlotBox } from '../../../shared/charts/plot-box.ts'
import type { Palette } from './palette.ts'

/** Paints the stacks; in the light theme a dark hairline keeps pale fills visible. */
export function barPainter(bars: readonly ErrorBar[], box: PlotBox, fromMs: number, toMs: number, max: number) {
  const xOf = (ms: number): number => box.left + box.width * Math.min(Math.max((ms - fromMs) / (toMs - fromMs), 0), 1)
  return (ctx: CanvasRenderingContext2D, palette: Palette): void => {
    ctx.strokeStyle = palette('bar-line')
    for (const bar of bars) {
      const [x, width] = [xOf(bar.fromMs), Math.max(xOf(bar.toMs) - xOf(bar.fromMs) - 1, 1)]
      let foot = box.top + box.height
      for (const family of ERROR_FAMILIES) {
        const height = (bar.perSecond[family] / max) * box.height
        if (height <= 0) continue
        ctx.fillStyle = palette(`err-${family}`)
        ctx.fillRect(x, foot - height, width, height)
        if (family === 'timeout' && height > 2) ctx.strokeRect(x + 0.5, foot - height + 0.5, width - 1, height - 1)
        foot -= height
      }
    }
  }
}
