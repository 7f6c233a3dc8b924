import { Histogram, readCells, type Cells } from './histogram.ts'
import type { StepTally, StreamTally, Tally } from './sample.ts'
import { addSteps, encodedSteps, readSteps, type StepTotal } from './step-total.ts'

/** What was timed, by the names of {@link Tally}. */
export const TIMES = ['response', 'service', 'lag', 'firstByte', 'connect', 'tls', 'dns'] as const
const COUNTS = ['planned', 'started', 'dropped', 'completed', 'failed', 'cancelled', 'requests', 'bytesSent', 'bytesReceived'] as const

export type TimeName = (typeof TIMES)[number]
export type Counts = Record<(typeof COUNTS)[number], number>

/** Saved form: plain data but for byte arrays. */
export interface SavedTotal {
  counts: Counts
  statuses: Record<string, number>
  checks: { passed: number; failed: number }[]
  times: Record<TimeName, Uint8Array>
  steps?: StepTally[]
  stream?: StreamTally
}

/** What came of all streamed answers. */
export interface StreamTotal {
  chunks: number
  readonly firstChunk: Histogram
  readonly gap: Histogram
}

/** The sum of tallies: counts add up, histograms merge. Errors are grouped elsewhere (`error-groups.ts`). */
export class TallyTotal {
  readonly counts: Counts = noCounts()
  readonly statuses: Record<string, number> = {}
  readonly checks: { passed: number; failed: number }[] = []
  readonly times = Object.fromEntries(TIMES.map((name) => [name, new Histogram()])) as Record<TimeName, Histogram>

  readonly steps: StepTotal[] = []
  /** Null as long as no answer was a stream. */
  stream: StreamTotal | null = null

  /** Adds all of a tally, or, when a histogram of it is damaged, nothing: then throws AppError `bad-input`. Answers with its histograms as read. */
  add(tally: Tally): Record<TimeName, Cells> {
    const cells = Object.fromEntries(TIMES.map((name) => [name, readCells(tally[name])])) as Record<TimeName, Cells>
    const steps = readSteps(tally.steps)
    const stream = tally.stream === undefined ? null : { chunks: tally.stream.chunks, firstChunk: readCells(tally.stream.firstChunk), gap: readCells(tally.stream.gap) }
    addSteps(this.steps, steps)
    if (stream !== null) this.#addStream(stream)
    for (const name of TIMES) this.times[name].mergeCells(cells[name])
    this.#addCounts(tally)
    return cells
  }

  save(): SavedTotal {
    const times = Object.fromEntries(TIMES.map((name) => [name, this.times[name].encode()])) as SavedTotal['times']
    return { counts: this.counts, statuses: this.statuses, checks: this.checks, times, ...encodedSteps(this.steps), ...this.encodedStream() }
  }

  /** {@link stream} as tallies have it. */
  encodedStream(): Pick<Tally, 'stream'> {
    if (this.stream === null) return {}
    const { chunks, firstChunk, gap } = this.stream
    return { stream: { chunks, firstChunk: firstChunk.encode(), gap: gap.encode() } }
  }

  static restore(saved: SavedTotal): TallyTotal {
    const total = new TallyTotal()
    for (const name of TIMES) total.times[name].mergeEncoded(saved.times[name])
    addSteps(total.steps, readSteps(saved.steps))
    if (saved.stream !== undefined) total.#addStream({ chunks: saved.stream.chunks, firstChunk: readCells(saved.stream.firstChunk), gap: readCells(saved.stream.gap) })
    total.#addCounts({ ...saved.counts, statuses: saved.statuses, checks: saved.checks })
    return total
  }

  #addStream({ chunks, firstChunk, gap }: { chunks: number; firstChunk: Cells; gap: Cells }): void {
    const stream = (this.stream ??= { chunks: 0, firstChunk: new Histogram(), gap: new Histogram() })
    stream.chunks += chunks
    stream.firstChunk.mergeCells(firstChunk)
    stream.gap.mergeCells(gap)
  }

  #addCounts(tally: Counts & Pick<Tally, 'statuses' | 'checks'>): void {
    addCounts(this.counts, tally)
    addStatuses(this.statuses, tally.statuses)
    tally.checks.forEach(({ passed, failed }, i) => {
      const check = (this.checks[i] ??= { passed: 0, failed: 0 })
      check.passed += passed
      check.failed += failed
    })
  }
}

export function noCounts(): Counts {
  return Object.fromEntries(COUNTS.map((name) => [name, 0])) as Counts
}

export function addCounts(to: Counts, from: Counts): void {
  for (const name of COUNTS) to[name] += from[name]
}

export function addStatuses(to: Record<string, number>, from: Record<string, number>): void {
  for (const [status, count] of Object.entries(from)) to[status] = (to[status] ?? 0) + count
}
