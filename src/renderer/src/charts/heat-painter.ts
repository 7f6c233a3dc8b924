import { colourRamp, type Rgb } from '../../../shared/charts/colour-ramp.ts'
import { fullestCell, HEAT_STOPS, type HeatCell } from '../../../shared/charts/heat-cells.ts'
import { heightOn, type LatencyScale } from '../../../shared/charts/latency-scale.ts'
import { BINS, binLowMs } from '../../../shared/results/heat.ts'
import { plotBox, TIME_INSET, type PlotBox } from '../../../shared/charts/plot-box.ts'
import type { Painter } from './palette.ts'

const SHADES = 64
const LEAST_FOR_SEAM_PX = 5

/** Cells as a picture with a pixel for each: columns in time, rows of bins, the slowest on top. */
interface HeatPicture {
  image: OffscreenCanvas
  fromMs: number
  columnMs: number
}

/**
 * Paints cells on the logarithm of their count, with a hairline between columns where there is room. A row of the picture is
 * stretched to its place: thousands of rectangles would take longer than all lines together.
 */
export function heatPainter(cells: readonly HeatCell[], scale: LatencyScale, fromMs: number, toMs: number): Painter {
  return (ctx, palette, width, height) => {
    const picture = pictureOf(cells, colourRamp(HEAT_STOPS.map(palette), SHADES))
    if (picture === null) return
    const box = plotBox(width, height, TIME_INSET)
    const xOf = (ms: number): number => box.left + (box.width * (ms - fromMs)) / (toMs - fromMs)
    ctx.save()
    ctx.beginPath()
    ctx.rect(box.left, box.top, box.width, box.height)
    ctx.clip()
    const columns = Array.from({ length: picture.image.width + 1 }, (_, i) => xOf(picture.fromMs + i * picture.columnMs))
    stretchRows(ctx, picture, columns, scale, box)
    cutSeams(ctx, columns, box)
    ctx.restore()
  }
}

/** Null without cells. */
function pictureOf(cells: readonly HeatCell[], ramp: readonly Rgb[]): HeatPicture | null {
  const [first, last] = [cells[0], cells.at(-1)]
  if (first === undefined || last === undefined) return null
  const columnMs = first.toMs - first.fromMs
  const image = new OffscreenCanvas(Math.round((last.toMs - first.fromMs) / columnMs), BINS)
  const pixels = new ImageData(image.width, BINS)
  const most = Math.log(Math.max(fullestCell(cells), 2))
  for (const { fromMs, bin, count } of cells) {
    const [red, green, blue] = ramp[Math.round((Math.log(count) / most) * (SHADES - 1))] ?? [0, 0, 0]
    pixels.data.set([red, green, blue, 255], 4 * ((BINS - 1 - bin) * image.width + Math.round((fromMs - first.fromMs) / columnMs)))
  }
  image.getContext('2d')?.putImageData(pixels, 0, 0)
  return { image, fromMs: first.fromMs, columnMs }
}

/** On whole pixels of the screen from row to row, so that none shines through between two. */
function stretchRows(ctx: CanvasRenderingContext2D, { image }: HeatPicture, columns: readonly number[], scale: LatencyScale, box: PlotBox): void {
  const [left, right] = [columns[0] ?? 0, columns.at(-1) ?? 0]
  ctx.imageSmoothingEnabled = false
  for (let bin = 0; bin < BINS; bin++) {
    const [top, bottom] = [yOf(scale, box, bin + 1), yOf(scale, box, bin)]
    if (bottom > top) ctx.drawImage(image, 0, BINS - 1 - bin, image.width, 1, left, top, right - left, bottom - top)
  }
}

/** The lower edge of a bin. */
function yOf(scale: LatencyScale, box: PlotBox, bin: number): number {
  return snapped(box.top + box.height * (1 - heightOn(scale, binLowMs(bin))))
}

/** Half of the last pixel of each column, where there is room for it. */
function cutSeams(ctx: CanvasRenderingContext2D, columns: readonly number[], box: PlotBox): void {
  if ((columns[1] ?? 0) - (columns[0] ?? 0) < LEAST_FOR_SEAM_PX) return
  const pixel = 1 / devicePixelRatio
  ctx.globalCompositeOperation = 'destination-out'
  ctx.globalAlpha = 0.5
  for (const x of columns) ctx.fillRect(snapped(x) - pixel, box.top, pixel, box.height)
}

/** The nearest edge of a pixel of the screen. */
function snapped(px: number): number {
  return Math.round(px * devicePixelRatio) / devicePixelRatio
}
