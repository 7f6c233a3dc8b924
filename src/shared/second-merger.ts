import { shownMs } from './figures.ts'
import { heatOf } from './heat.ts'
import { Histogram } from './histogram.ts'
import type { ErrorTally, Sample, Tally } from './sample.ts'
import type { Point } from './summary.ts'
import { addCounts, addStatuses, noCounts, type Counts } from './tally-total.ts'

/** A closed second: what charts draw, and its histograms for the figures of the last few seconds. */
export interface MergedSecond {
  point: Point
  response: Uint8Array
  service: Uint8Array
  lag: Uint8Array
}

export interface SecondFrame {
  second: number
  warmup: boolean
  /** Mean planned rate in this second. */
  target: number
}

/** Groups of failures kept per second; the whole run's groups are complete to a larger bound. */
const MOST_ERRORS = 50

/** Merges the samples of all nodes of one second. Keeps its histograms, as making them costs more than filling them. */
export class SecondMerger {
  readonly #response = new Histogram()
  readonly #service = new Histogram()
  readonly #lag = new Histogram()
  readonly #nodeLag = new Histogram()

  /** @param samples per node; those of a node that is missing are not there. Empty: a gap. */
  merge(frame: SecondFrame, samples: readonly (readonly [nodeId: string, sample: Sample])[]): MergedSecond {
    const tallies = samples.flatMap(([, sample]) => talliesOf(sample))
    for (const name of ['response', 'service', 'lag'] as const) this.#fill(name, tallies)
    const point: Point = {
      atMs: (frame.second + 1) * 1000,
      warmup: frame.warmup,
      target: frame.target,
      ...this.#times(),
      ...countsOf(tallies),
      ...generatorOf(samples.map(([, sample]) => sample)),
      errors: errorsOf(tallies),
      statuses: statusesOf(tallies),
      heat: heatOf(this.#response),
      nodes: samples.map(([id, sample]) => this.#nodeOf(id, sample)),
    }
    return { point, response: this.#response.encode(), service: this.#service.encode(), lag: this.#lag.encode() }
  }

  #fill(name: 'response' | 'service' | 'lag', tallies: readonly Tally[]): void {
    const histogram = { response: this.#response, service: this.#service, lag: this.#lag }[name]
    histogram.clear()
    for (const tally of tallies) histogram.mergeEncoded(tally[name])
  }

  #times(): Pick<Point, 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max' | 'serviceP50' | 'serviceP99' | 'lagP99'> {
    return timesOf(this.#response, this.#service, this.#lag)
  }

  #nodeOf(id: string, sample: Sample): Point['nodes'][number] {
    const tallies = talliesOf(sample)
    this.#nodeLag.clear()
    for (const tally of tallies) this.#nodeLag.mergeEncoded(tally.lag)
    const { started, completed } = sum(tallies)
    return { id, started, completed, cpuPercent: sample.vitals.threadCpuPercent, loopLagMs: sample.vitals.loopLagMs, lagP99: shownMs(this.#nodeLag, 99) }
  }
}

/** The times that a point and the totals of a run have in common. */
export function timesOf(response: Histogram, service: Histogram, lag: Histogram) {
  return {
    p50: shownMs(response, 50),
    p90: shownMs(response, 90),
    p95: shownMs(response, 95),
    p99: shownMs(response, 99),
    p999: shownMs(response, 99.9),
    max: shownMs(response, 'max'),
    serviceP50: shownMs(service, 50),
    serviceP99: shownMs(service, 99),
    lagP99: shownMs(lag, 99),
  }
}

function talliesOf(sample: Sample): Tally[] {
  return sample.warmup === null ? [sample.tally] : [sample.tally, sample.warmup]
}

function sum(tallies: readonly Tally[]): Counts {
  const counts = noCounts()
  for (const tally of tallies) addCounts(counts, tally)
  return counts
}

function countsOf(tallies: readonly Tally[]): Pick<Point, 'planned' | 'started' | 'completed' | 'failed' | 'dropped' | 'cancelled' | 'bytesReceived'> {
  const { planned, started, completed, failed, dropped, cancelled, bytesReceived } = sum(tallies)
  return { planned, started, completed, failed, dropped, cancelled, bytesReceived }
}

/** State of the generators at the end of the second: sums of what they hold, the worst of how they are. */
function generatorOf(samples: readonly Sample[]): Pick<Point, 'inFlight' | 'queued' | 'connections' | 'cpuPercent' | 'loopLagMs' | 'problems'> {
  const total = (of: (sample: Sample) => number): number => samples.reduce((all, sample) => all + of(sample), 0)
  const worst = (of: (sample: Sample) => number): number => samples.reduce((most, sample) => Math.max(most, of(sample)), 0)
  return {
    inFlight: total(({ inFlight }) => inFlight),
    queued: total(({ queued }) => queued),
    connections: total(({ connections }) => connections),
    cpuPercent: worst(({ vitals }) => vitals.threadCpuPercent),
    loopLagMs: worst(({ vitals }) => vitals.loopLagMs),
    problems: [...new Set(samples.flatMap(({ problems }) => problems.map(({ kind }) => kind)))],
  }
}

/** Same failures added up, most frequent first; what is beyond the bound is counted together as `other`. */
function errorsOf(tallies: readonly Tally[]): ErrorTally[] {
  const groups = new Map<string, ErrorTally>()
  for (const error of tallies.flatMap(({ errors }) => errors)) {
    const key = `${error.kind} ${error.status} ${error.message}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...error })
    else group.count += error.count
  }
  const sorted = [...groups.values()].sort((a, b) => b.count - a.count)
  const rest = sorted.splice(MOST_ERRORS).reduce((all, { count }) => all + count, 0)
  return rest === 0 ? sorted : [...sorted, { kind: 'other', status: 0, message: 'other', count: rest }]
}

function statusesOf(tallies: readonly Tally[]): Record<string, number> {
  const statuses: Record<string, number> = {}
  for (const tally of tallies) addStatuses(statuses, tally.statuses)
  return statuses
}
