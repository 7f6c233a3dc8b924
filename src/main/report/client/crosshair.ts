import type { Band } from '../../../shared/charts/bands.ts'
import { pointAt } from '../../../shared/charts/point-at.ts'
import { count, elapsed, latency, percent } from '../../../shared/format.ts'
import type { Point } from '../../../shared/results/summary.ts'
import { html } from '../markup.ts'
import type { ReportView } from '../view.ts'

/** Shorter drags are clicks, px; shorter windows show nothing, ms. */
const LEAST_DRAG_PX = 6
const LEAST_ZOOM_MS = 2000
const TIP_PX = 230

type Figure = 'completed' | 'target' | 'failed' | 'inFlight' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max' | 'serviceP99' | 'lagP99'

/** One second under the pointer or the arrow keys, on all charts at once; dragging zooms. */
export class Crosshair {
  readonly #view: () => ReportView
  readonly #zoom: (window: Band | undefined) => void
  #atMs: number | null = null
  #pressed: number | null = null

  constructor(view: () => ReportView, zoom: (window: Band | undefined) => void) {
    this.#view = view
    this.#zoom = zoom
  }

  /** To the charts that stand in the page now. */
  attach(): void {
    for (const plot of document.querySelectorAll<HTMLElement>('[data-plot][data-label]')) {
      plot.tabIndex = 0
      plot.setAttribute('role', 'application')
      plot.setAttribute('aria-label', `${plot.dataset['label'] ?? ''}. ${this.#view().words('report.zoomHint')}`)
      plot.addEventListener('pointermove', (event) => this.#move(plot, event))
      plot.addEventListener('pointerleave', () => this.#leave(plot))
      plot.addEventListener('pointerdown', (event) => (this.#pressed = event.button === 0 ? event.clientX : null))
      plot.addEventListener('pointerup', (event) => this.#release(plot, event))
      plot.addEventListener('keydown', (event) => this.#key(plot, event))
      plot.addEventListener('blur', () => this.#leave(plot))
    }
  }

  #move(plot: HTMLElement, event: PointerEvent): void {
    const ms = msUnder(plot, event.clientX)
    this.#show(plot, ms)
    if (this.#pressed !== null) this.#drag(plot, this.#pressed, event.clientX)
  }

  #leave(plot: HTMLElement): void {
    this.#pressed = null
    this.#atMs = null
    this.#show(plot, null)
    plot.querySelector('.drag')?.remove()
  }

  #release(plot: HTMLElement, event: PointerEvent): void {
    const from = this.#pressed
    this.#leave(plot)
    if (from === null || Math.abs(event.clientX - from) < LEAST_DRAG_PX) return
    const [fromMs = 0, toMs = 0] = [msUnder(plot, from), msUnder(plot, event.clientX)].sort((a, b) => a - b)
    if (toMs - fromMs >= LEAST_ZOOM_MS) this.#zoom({ fromMs: Math.max(fromMs, 0), toMs })
  }

  #key(plot: HTMLElement, event: KeyboardEvent): void {
    const { seconds, data } = this.#view()
    const step = data.seconds.spanMs * (event.shiftKey ? 10 : 1)
    const last = seconds.at(-1)?.atMs ?? 0
    if (event.key === 'Escape') this.#zoom(undefined)
    else if (event.key === 'ArrowLeft') this.#show(plot, Math.max((this.#atMs ?? last + step) - step, 0))
    else if (event.key === 'ArrowRight') this.#show(plot, Math.min((this.#atMs ?? last - step) + step, last))
    else return
    event.preventDefault()
  }

  /** The line on every chart, the figures on this one. */
  #show(plot: HTMLElement, ms: number | null): void {
    const { seconds, data } = this.#view()
    const half = data.seconds.spanMs / 2
    const point = ms === null ? null : pointAt(seconds, ms + half)
    this.#atMs = point === null ? null : point.atMs - half
    for (const svg of document.querySelectorAll<SVGSVGElement>('svg[data-chart]')) placeLine(svg, this.#atMs)
    plot.querySelector('.tip')?.remove()
    if (point === null || this.#atMs === null) return
    plot.insertAdjacentHTML('beforeend', this.#tip(point))
    const tip = plot.querySelector<HTMLElement>('.tip')
    const x = pxOf(plot, this.#atMs)
    if (tip !== null) tip.style.left = `${x + TIP_PX > plot.clientWidth ? x - TIP_PX : x + 12}px`
  }

  #tip(point: Point): string {
    const { words, seconds, data: { seconds: { spanMs } } } = this.#view()
    const pair = partnersOf(point, seconds, spanMs)
    const range = (name: Figure, write: (value: number | null) => string): string => [...new Set(pair.map((one) => write(one[name])))].join(' – ')
    const rows = [
      [words('chart.achieved'), `${range('completed', count)} / ${range('target', count)}`],
      ['p50', range('p50', latency)], ['p90', range('p90', latency)], ['p95', range('p95', latency)], ['p99', range('p99', latency)], ['p99.9', range('p999', latency)], ['max', range('max', latency)],
      [words('chart.serviceP99'), range('serviceP99', latency)],
      [words('chart.errors'), `${range('failed', count)} · ${percent(point.completed === 0 ? null : point.failed / point.completed)}`],
      [words('chart.inFlight'), range('inFlight', count)],
      [words('chart.lagP99'), range('lagP99', latency)],
    ] as const
    const from = (pair[0]?.atMs ?? point.atMs) - spanMs
    const when = spanMs === 1000 ? elapsed(point.atMs) : `${elapsed(from)} – ${elapsed(pair.at(-1)?.atMs ?? point.atMs)}`
    return html`<div class="tip" role="status"><p>${when}${point.warmup && html` <small>${words('chart.warmup')}</small>`}</p><dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`.text
  }

  #drag(plot: HTMLElement, from: number, to: number): void {
    const drag = plot.querySelector<HTMLElement>('.drag') ?? plot.appendChild(Object.assign(document.createElement('div'), { className: 'drag' }))
    const { left } = plot.getBoundingClientRect()
    Object.assign(drag.style, { left: `${Math.min(from, to) - left}px`, width: `${Math.abs(to - from)}px`, top: '0', bottom: '0' })
  }
}

/** Of a long run: the point and the other of its pair, of which one has the lows and one the highs. */
function partnersOf(point: Point, seconds: readonly Point[], spanMs: number): Point[] {
  if (spanMs === 1000) return [point]
  const pairOf = ({ atMs }: Point): number => Math.floor((atMs - 1) / (2 * spanMs))
  return seconds.filter((other) => pairOf(other) === pairOf(point))
}

function geometry(svg: SVGSVGElement): { left: number; width: number; fromMs: number; toMs: number } {
  const { left, plot, from, to } = svg.dataset
  return { left: Number(left), width: Number(plot), fromMs: Number(from), toMs: Number(to) }
}

function placeLine(svg: SVGSVGElement, ms: number | null): void {
  const line = svg.querySelector('.cross')
  const { left, width, fromMs, toMs } = geometry(svg)
  const hidden = ms === null || ms < fromMs || ms > toMs
  line?.toggleAttribute('hidden', hidden)
  if (hidden) return
  const x = String(left + ((ms - fromMs) / (toMs - fromMs)) * width)
  line?.setAttribute('x1', x)
  line?.setAttribute('x2', x)
}

function msUnder(plot: HTMLElement, clientX: number): number {
  const svg = plot.querySelector('svg')
  if (svg === null) return 0
  const box = svg.getBoundingClientRect()
  const { left, width, fromMs, toMs } = geometry(svg)
  const x = ((clientX - box.left) / box.width) * svg.viewBox.baseVal.width
  return fromMs + (Math.min(Math.max(x - left, 0), width) / width) * (toMs - fromMs)
}

function pxOf(plot: HTMLElement, ms: number): number {
  const svg = plot.querySelector('svg')
  if (svg === null) return 0
  const { left, width, fromMs, toMs } = geometry(svg)
  return ((left + ((ms - fromMs) / (toMs - fromMs)) * width) / svg.viewBox.baseVal.width) * svg.clientWidth
}
