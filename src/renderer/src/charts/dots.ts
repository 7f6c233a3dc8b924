import type uPlot from 'uplot'
import type { Dot } from '../../../shared/charts/columns.ts'

const SMALLEST_ROUND_PX = 1

/** Paints maxima as small grey dots and p99 of few samples as rings of its colour. One mark per pixel column: the highest. */
export function dotPainter(dots: readonly Dot[]): (plot: uPlot) => void {
  return (plot) => {
    const { ctx, bbox } = plot
    const style = getComputedStyle(plot.root)
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    mark(plot, dots, (dot) => dot.max, style.getPropertyValue('--max'), 1)
    mark(plot, dots, (dot) => dot.fewP99, style.getPropertyValue('--p99'), 1.75)
    ctx.restore()
  }
}

function mark(plot: uPlot, dots: readonly Dot[], pick: (dot: Dot) => number | null, colour: string, radius: number): void {
  const { ctx } = plot
  const ratio = devicePixelRatio
  const top = new Map<number, number>()
  for (const dot of dots) {
    const value = pick(dot)
    if (value === null) continue
    const x = Math.round(plot.valToPos(dot.x, 'x', true) / (3 * ratio)) * 3 * ratio
    const y = plot.valToPos(value, 'y', true)
    top.set(x, Math.min(top.get(x) ?? Infinity, y))
  }
  ctx.fillStyle = colour
  for (const [x, y] of top) fillDot(ctx, x, y, radius * ratio)
}

/** One of few pixels is a square: nobody sees the difference, and hundreds of circles take longer than all lines. */
function fillDot(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  if (radius <= SMALLEST_ROUND_PX) {
    ctx.fillRect(Math.round(x - radius), Math.round(y - radius), Math.round(2 * radius), Math.round(2 * radius))
    return
  }
  ctx.beginPath()
  ctx.arc(x, y, radius, 0, 2 * Math.PI)
  ctx.fill()
}
