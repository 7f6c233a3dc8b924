import { shownMs } from './figures.ts'
import { heatOf } from './heat.ts'
import { Histogram, type Cells } from './histogram.ts'
import type { ErrorTally, HealthKind, Sample, Tally } from './sample.ts'
import { addSteps, encodedSteps, readSteps, type StepTotal } from './step-total.ts'
import { MOST_NODES_PER_POINT, MOST_STEPS_PER_POINT, type Point, type StepPoint } from './summary.ts'
import { addCounts, addStatuses, noCounts, type Counts } from './tally-total.ts'

/** A closed second: what charts draw, and its histograms for the figures of the last few seconds. */
export interface MergedSecond extends SavedTimes {
  point: Point
}

export interface SecondFrame {
  second: number
  warmup: boolean
  /** Mean planned rate in this second. */
  target: number
}

/** Histograms of one second. Whoever has no more use for them clears them and uses them again: making them costs more than filling them. */
export interface SecondTimes {
  response: Histogram
  service: Histogram
  lag: Histogram
  /** Of a former second there may be more than this one has. */
  steps: StepTotal[]
}

interface SavedTimes {
  response: Uint8Array
  service: Uint8Array
  lag: Uint8Array
}

/** Saved form: plain data but for byte arrays. */
export interface SavedSecond extends SavedTimes {
  counts: Counts
  due: number
  completed: number
  generators: Generators
  errors: ErrorTally[]
  statuses: Record<string, number>
  nodes: Row[]
  steps?: Tally['steps']
}

/** State of the generators at the end of the second: sums of what they hold, the worst of how they are. */
type Generators = Pick<Point, 'inFlight' | 'queued' | 'connections' | 'cpuPercent' | 'loopLagMs' | 'problems'>
type Row = Point['nodes'][number]

/** Groups of failures kept per second; the whole run's groups are complete to a larger bound. */
const MOST_ERRORS = 50
/** A row beyond one of these tells of trouble, and is kept before others. */
const TROUBLE = { cpuPercent: 90, loopLagMs: 20, lagMs: 5 }
const TIMED = ['response', 'service', 'lag'] as const

const nodeLag = new Histogram()

/**
 * A second that is not closed: what its nodes have sent so far, merged as it comes. So what a master has to remember of
 * it does not grow with what a thousand nodes send.
 */
export class OpenSecond {
  readonly times: SecondTimes
  readonly #counts = noCounts()
  readonly #errors = new Map<string, ErrorTally>()
  readonly #statuses: Record<string, number> = {}
  readonly #nodes: Row[] = []
  #generators: Generators = { inFlight: 0, queued: 0, connections: 0, cpuPercent: 0, loopLagMs: 0, problems: [] }
  #due = 0
  #completed = 0
  #steps = 0

  /** @param times empty ones, which this second has to itself until it is closed. */
  constructor(times: SecondTimes) {
    this.times = times
  }

  /** Arrivals that the nodes say were due with them, warm-up included. */
  get due(): number {
    return this.#due
  }

  /** Iterations of the result that were completed, without those of the warm-up. */
  get completed(): number {
    return this.#completed
  }

  /** `cells`: the sample's histograms, read and found sound; those of its warm-up, if it has one, are read here. */
  add(nodeId: string, sample: Sample, cells: Readonly<Record<(typeof TIMED)[number], Cells>>): void {
    const { tally, warmup } = sample
    for (const name of TIMED) {
      this.times[name].mergeCells(cells[name])
      if (warmup !== null) this.times[name].mergeEncoded(warmup[name])
    }
    for (const part of warmup === null ? [tally] : [tally, warmup]) {
      this.#count(part)
      this.#addSteps(part.steps)
    }
    this.#completed += tally.completed
    this.#generators = withSample(this.#generators, sample)
    this.#nodes.push(rowOf(nodeId, sample, cells.lag))
  }

  close({ second, warmup, target }: SecondFrame): MergedSecond {
    const { planned, started, completed, failed, dropped, cancelled, bytesReceived } = this.#counts
    const { response, service, lag } = this.times
    const point: Point = {
      atMs: (second + 1) * 1000, warmup, target,
      ...timesOf(response, service, lag),
      planned, started, completed, failed, dropped, cancelled, bytesReceived,
      ...this.#generators,
      errors: mostFrequent([...this.#errors.values()]),
      statuses: this.#statuses,
      heat: heatOf(response),
      nodes: mostTelling(this.#nodes),
      ...(this.#steps === 0 ? {} : { steps: this.#ownSteps.map(stepPointOf) }),
    }
    return { point, ...encoded(this.times) }
  }

  save(): SavedSecond {
    return {
      ...encoded(this.times), counts: this.#counts, due: this.#due, completed: this.#completed, generators: this.#generators,
      errors: [...this.#errors.values()], statuses: this.#statuses, nodes: mostTelling(this.#nodes), ...encodedSteps(this.#ownSteps),
    }
  }

  static restore(saved: SavedSecond, times: SecondTimes): OpenSecond {
    const second = new OpenSecond(times)
    for (const name of TIMED) times[name].mergeEncoded(saved[name])
    second.#count({ ...saved.counts, errors: saved.errors, statuses: saved.statuses })
    second.#due = saved.due
    second.#completed = saved.completed
    second.#generators = saved.generators
    second.#nodes.push(...saved.nodes)
    second.#addSteps(saved.steps)
    return second
  }

  get #ownSteps(): StepTotal[] {
    return this.times.steps.slice(0, this.#steps)
  }

  #addSteps(steps: Tally['steps']): void {
    const read = readSteps(steps?.slice(0, MOST_STEPS_PER_POINT))
    this.#steps = Math.max(this.#steps, read.length)
    addSteps(this.times.steps, read)
  }

  #count(tally: Counts & Pick<Tally, 'errors' | 'statuses'>): void {
    addCounts(this.#counts, tally)
    this.#due += tally.planned
    addStatuses(this.#statuses, tally.statuses)
    for (const error of tally.errors) {
      const key = `${error.kind} ${error.status} ${error.message}`
      const group = this.#errors.get(key)
      if (group === undefined) this.#errors.set(key, { ...error })
      else group.count += error.count
    }
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

function stepPointOf({ requests, failed, response, service }: StepTotal): StepPoint {
  return {
    completed: requests, failed,
    p50: shownMs(response, 50), p90: shownMs(response, 90), p95: shownMs(response, 95), p99: shownMs(response, 99), p999: shownMs(response, 99.9), max: shownMs(response, 'max'),
    serviceP99: shownMs(service, 99), heat: heatOf(response),
  }
}

function encoded({ response, service, lag }: SecondTimes): SavedTimes {
  return { response: response.encode(), service: service.encode(), lag: lag.encode() }
}

function withSample(so: Generators, { inFlight, queued, connections, vitals, problems }: Sample): Generators {
  const kinds: HealthKind[] = problems.map(({ kind }) => kind).filter((kind) => !so.problems.includes(kind))
  return {
    inFlight: so.inFlight + inFlight,
    queued: so.queued + queued,
    connections: so.connections + connections,
    cpuPercent: Math.max(so.cpuPercent, vitals.threadCpuPercent),
    loopLagMs: Math.max(so.loopLagMs, vitals.loopLagMs),
    problems: kinds.length === 0 ? so.problems : [...so.problems, ...new Set(kinds)],
  }
}

function rowOf(id: string, { tally, warmup, vitals }: Sample, lag: Cells): Row {
  nodeLag.clear()
  nodeLag.mergeCells(lag)
  if (warmup !== null) nodeLag.mergeEncoded(warmup.lag)
  return {
    id, started: tally.started + (warmup?.started ?? 0), completed: tally.completed + (warmup?.completed ?? 0),
    cpuPercent: vitals.threadCpuPercent, loopLagMs: vitals.loopLagMs, lagP99: shownMs(nodeLag, 99),
  }
}

/** Same failures were added up; most frequent first, what is beyond the bound is counted together as `other`. */
function mostFrequent(errors: readonly ErrorTally[]): ErrorTally[] {
  const sorted = errors.toSorted((a, b) => b.count - a.count)
  const rest = sorted.splice(MOST_ERRORS).reduce((all, { count }) => all + count, 0)
  return rest === 0 ? sorted : [...sorted, { kind: 'other', status: 0, message: 'other', count: rest }]
}

/** All of them, or of many those in trouble, and of the others always the same. */
function mostTelling(nodes: readonly Row[]): Row[] {
  if (nodes.length <= MOST_NODES_PER_POINT) return [...nodes]
  const trouble = ({ cpuPercent, loopLagMs, lagP99 }: Row): boolean => cpuPercent > TROUBLE.cpuPercent || loopLagMs > TROUBLE.loopLagMs || (lagP99 ?? 0) > TROUBLE.lagMs
  return nodes.toSorted((a, b) => Number(trouble(b)) - Number(trouble(a)) || (a.id < b.id ? -1 : 1)).slice(0, MOST_NODES_PER_POINT)
}
