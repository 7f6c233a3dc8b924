import type uPlot from 'uplot'
import { elapsed } from '../../../shared/format.ts'
import type { Column } from '../../../shared/charts/columns.ts'
import { withAlpha, type Palette } from './palette.ts'
import type { Inset } from '../../../shared/charts/plot-box.ts'
import { timeTicks } from '../../../shared/charts/ticks.ts'

/** One line of a chart; colour is a token. */
export interface Line {
  colour: string
  width: number
  dash?: number[]
  /** Opacity of the area beneath at the top; it fades to a fifth of that. */
  fill?: number
}

/** What uPlot is to draw. Overlays (flags, labels, crosshair) are not its business: see ChartSurface. */
export interface LinePlot {
  inset: Inset
  lines: Line[]
  log: boolean
  /** The ends of the horizontal axis, ms. */
  fromMs: number
  toMs: number
  /** Where it is not the time of a run: its marks, on a logarithm. */
  logX?: { ticks: number[]; label: (ms: number) => string }
  yMin: number
  yMax: number
  yTicks: number[]
  yLabel: (value: number) => string
  data: [x: number[], ...columns: Column[]]
  /** Called on the plot's own canvas after the lines. */
  paint?: (plot: uPlot) => void
}

export interface Size {
  width: number
  height: number
}

const FONT = "11px Inter, system-ui, 'Segoe UI', sans-serif"

const LOG = { distr: 3, log: 10 } as const

/** `plot` is asked anew at each drawing, so that only scale kinds and colours need a new uPlot. */
export function lineOptions(size: Size, plot: () => LinePlot, palette: Palette): uPlot.Options {
  const { inset, lines, log, logX } = plot()
  const axis = { stroke: palette('text-3'), font: FONT, ticks: { show: false }, grid: { stroke: palette('grid'), width: 1 } }
  return {
    ...size,
    padding: [inset.top, inset.right, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, ...(logX === undefined ? {} : LOG), range: () => [plot().fromMs, plot().toMs] },
      y: { ...(log ? LOG : {}), range: () => [plot().yMin, plot().yMax] },
    },
    axes: [
      { ...axis, size: inset.bottom, gap: 4, splits: () => plot().logX?.ticks ?? timeTicks(plot().fromMs, plot().toMs), values: (_, splits) => splits.map(plot().logX?.label ?? elapsed), filter: (_, splits) => splits },
      { ...axis, size: inset.left, gap: 8, splits: () => plot().yTicks, values: (_, splits) => splits.map(plot().yLabel), filter: (_, splits) => splits },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, palette))],
    hooks: { draw: [(drawn: uPlot) => plot().paint?.(drawn)] },
  }
}

function seriesOf(line: Line, palette: Palette): uPlot.Series {
  const colour = palette(line.colour)
  const top = line.fill
  return {
    stroke: colour,
    width: line.width,
    points: { show: false },
    ...(line.dash === undefined ? {} : { dash: line.dash }),
    ...(top === undefined ? {} : { fill: (plot: uPlot) => fade(plot, colour, top) }),
  }
}

function fade(plot: uPlot, colour: string, top: number): CanvasGradient {
  const gradient = plot.ctx.createLinearGradient(0, plot.bbox.top, 0, plot.bbox.top + plot.bbox.height)
  gradient.addColorStop(0, withAlpha(colour, top))
  gradient.addColorStop(1, withAlpha(colour, top / 5))
  return gradient
}
