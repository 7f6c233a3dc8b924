import type { Notice } from '../../shared/contract/contract.ts'
import type { RunView } from '../../shared/results/run.ts'
import { count, elapsed, latency, percent, rate } from '../../shared/format.ts'
import { translate, type Language } from '../../shared/locales/translate.ts'
import type { Point, ThresholdResult } from '../../shared/results/summary.ts'
import { eventLine, isWorthTelling } from './event-words.ts'
import { KeyReader } from './key-reader.ts'
import { fit, pad, painter, progressBar, sparkline } from './terminal.ts'
import { words } from './words.ts'

export interface LiveViewActions {
  setRate(rate: number): Promise<unknown>
  stop(): Promise<unknown>
}

const WIDTH = 80
const REDRAW_MS = 250
const SHOWN_NODES = 6
const SHOWN_EVENTS = 3
const MARK = { ok: '✓', bad: '✕', warn: '▲', pending: '◐', plain: '●' } as const
const STYLE = { ok: 'green', bad: 'red', warn: 'yellow', pending: 'cyan', plain: 'cyan' } as const

/** The terminal's live screen (`ux.md` §6): redraws in place, at most 4 times a second, at most 80 columns. */
export class LiveView {
  readonly #out: NodeJS.WriteStream
  readonly #options: { color: boolean; language: Language }
  readonly #timer: NodeJS.Timeout
  readonly #keys: KeyReader
  #view: RunView | null = null
  #points: Point[] = []
  #notices: string[] = []
  #drawn = 0
  #dirty = false

  constructor(out: NodeJS.WriteStream, input: NodeJS.ReadStream, options: { color: boolean; language: Language } & LiveViewActions) {
    this.#out = out
    this.#options = options
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS)
    this.#keys = new KeyReader(input, {
      onRate: (next) => this.#attempt(options.setRate(next)),
      onStop: () => this.#attempt(options.stop()),
      onChange: () => { this.#dirty = true },
    })
    out.write('\x1b[?25l')
  }

  show(view: RunView): void {
    this.#view = view
    this.#dirty = true
  }

  point(point: Point): void {
    this.#points.push(point)
    if (this.#points.length > WIDTH) this.#points.shift()
    this.#dirty = true
  }

  notice(notice: Notice): void {
    this.#notices.push(translate(this.#options.language, notice.sentence))
    this.#dirty = true
  }

  close(): void {
    if (this.#timer.hasRef() === false) return
    clearInterval(this.#timer)
    this.#timer.unref()
    this.#keys.close()
    this.#erase()
    this.#out.write('\x1b[?25h')
  }

  #attempt(action: Promise<unknown>): void {
    action.catch((error: unknown) => {
      this.#notices = [error instanceof Error ? error.message : String(error)]
      this.#dirty = true
    })
  }

  #draw(): void {
    if (!this.#dirty || this.#view === null) return
    this.#dirty = false
    const lines = this.#lines(this.#view)
    this.#erase()
    this.#out.write(`${lines.join('\n')}\n`)
    this.#drawn = lines.length
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out.write(`\x1b[${this.#drawn}A\x1b[0J`)
    this.#drawn = 0
  }

  #lines(view: RunView): string[] {
    const paint = painter(this.#out, this.#options.color)
    const word = words(this.#options.language)
    const { recent } = view
    const state = view.run.endedAt !== null ? word('ended') : view.run.status === 'stopping' ? word('stopping') : view.run.status === 'starting' ? word('starting') : word('running')
    const goal = recent.targetRate === null ? '' : `  ${word('of')} ${rate(recent.targetRate)}  ${recent.targetRate > 0 ? percent(recent.achievedRate / recent.targetRate) : ''}`
    const label = (text: string): string => paint('dim', pad(text, 9))
    const times = `${elapsed(view.elapsedMs)}${view.plannedMs === null ? '' : ` / ${elapsed(view.plannedMs)}`}`
    const groups = view.errors.slice(0, 3).map((group) => `${group.message} ${count(group.count)}`).join('   ')
    return [
      fit(` ${paint('bold', view.run.taskName)}  ${view.run.spec.request.method} ${view.run.spec.request.url}`, this.#columns() + 8),
      '',
      ` ${paint('cyan', progressBar(view.elapsedMs, view.plannedMs, 48))}  ${times}   ● ${state}`,
      ` ${label(word('rate'))}${pad(`${rate(recent.achievedRate)}${goal}`, 44)} ${sparkline(this.#points.map((point) => point.completed), 20)}`,
      ` ${label(word('latency'))}${pad(`p50 ${latency(recent.p50)}  p95 ${latency(recent.p95)}  p99 ${latency(recent.p99)}`, 44)} ${sparkline(this.#points.map((point) => point.p99), 20)}`,
      ` ${label(word('service'))}p50 ${latency(recent.serviceP50)}  p99 ${latency(recent.serviceP99)}`,
      fit(` ${label(word('errors'))}${percent(recent.errorRate)}  ${count(view.totals.failed)}   ${groups}`, this.#columns() + 8),
      ` ${label(word('sender'))}${word('lag')} p99 ${latency(recent.lagP99)}   ${word('inFlight')} ${count(recent.inFlight)}`,
      ...this.#nodeLines(view, paint),
      '',
      ` ${paint(STYLE[view.tone], MARK[view.tone])} ${fit(translate(this.#options.language, view.sentence), this.#columns() - 4)}`,
      ...view.thresholds.map((threshold) => ` ${thresholdLine(threshold, paint)}`),
      ...view.events.filter(isWorthTelling).slice(-SHOWN_EVENTS).map((event) => ` ${paint('dim', fit(eventLine(event, this.#options.language), this.#columns() - 2))}`),
      ...this.#notices.slice(-2).map((notice) => ` ${paint('yellow', '▲')} ${fit(notice, this.#columns() - 4)}`),
      paint('dim', ` ${this.#keys.typed === null ? word('keys') : `${word('newRate')}${this.#keys.typed}`}`),
    ]
  }

  /** Who carries how much, where there are several. */
  #nodeLines(view: RunView, paint: ReturnType<typeof painter>): string[] {
    const word = words(this.#options.language)
    const last = this.#points.at(-1)
    const shown = view.nodes.length < 2 ? [] : view.nodes.slice(0, SHOWN_NODES)
    const rows = shown.map(({ id, name, share, lostAtMs }, index) => {
      const now = last?.nodes.find((node) => node.id === id)
      const state = lostAtMs !== null ? paint('red', `✕ ${word('lost')} ${elapsed(lostAtMs)}`) : now === undefined ? '–' : `${rate(now.started)}  cpu ${Math.round(now.cpuPercent)}%  ${word('lag')} ${latency(now.lagP99)}`
      return ` ${paint('dim', pad(index === 0 ? word('node') : '', 9))}${pad(fit(name, 16), 18)}${pad(percent(share), 7)}${state}`
    })
    const more = view.nodes.length > SHOWN_NODES && rows.length > 0 ? [` ${' '.repeat(9)}+ ${view.nodes.length - SHOWN_NODES}`] : []
    const deficit = view.deficitPerSecond > 0 ? [` ${paint('yellow', '▲')} ${word('unmet')} ${rate(view.deficitPerSecond)}`] : []
    return [...rows, ...more, ...deficit]
  }

  #columns(): number {
    return Math.min(WIDTH, this.#out.columns || WIDTH)
  }
}

function thresholdLine(threshold: ThresholdResult, paint: ReturnType<typeof painter>): string {
  const mark = threshold.ok ? paint('green', '✓') : paint('red', '✕')
  const since = threshold.failingSinceMs === null ? '' : `  since ${elapsed(threshold.failingSinceMs)}`
  return `${mark} ${threshold.expression}  ${thresholdValue(threshold)}${since}`
}

/** The measured value of a threshold in its own unit. */
export function thresholdValue({ value, unit }: ThresholdResult): string {
  if (value === null) return '–'
  return unit === 'ms' ? latency(value) : unit === '%' ? percent(value / 100) : count(value)
}
