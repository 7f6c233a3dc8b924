import { Histogram } from '../../shared/histogram.ts'
import type { ErrorSample, ErrorTally, GeneratorVitals, Sample, Tally } from '../../shared/sample.ts'
import { SampleQuota, groupKey } from './error-book.ts'
import { problemsOf } from './health.ts'
import type { ThreadSecond } from './thread-messages.ts'

/** Makes one Sample of the seconds of all threads: one a second, in order, without holes. */
export class SecondMerger {
  readonly #runId: string
  /** Seconds of each thread that wait for the others. */
  readonly #waiting: ThreadSecond[][]
  readonly #ended: boolean[]
  readonly #quota = new SampleQuota()
  readonly #processCpu: () => number
  #next = 0

  /** @param processCpu CPU of the process since its last call, % of a core. */
  constructor(runId: string, threads: number, processCpu: () => number) {
    this.#runId = runId
    this.#waiting = Array.from({ length: threads }, () => [])
    this.#ended = Array.from({ length: threads }, () => false)
    this.#processCpu = processCpu
  }

  /** Takes a thread's second and returns what has become complete by it. */
  add(thread: number, second: ThreadSecond): Sample[] {
    this.#waiting[thread]!.push(second)
    if (second.last) this.#ended[thread] = true
    const complete: Sample[] = []
    while (this.#complete()) complete.push(this.#take())
    return complete
  }

  #complete(): boolean {
    return this.#waiting.some((seconds) => seconds.length > 0) && this.#waiting.every((seconds, thread) => seconds.length > 0 || this.#ended[thread])
  }

  #take(): Sample {
    const parts = this.#waiting.flatMap((seconds) => seconds.splice(0, 1))
    const last = this.#ended.every((ended) => ended) && this.#waiting.every((seconds) => seconds.length === 0)
    const tally = mergeTallies(parts.map((part) => part.tally))
    const warmups = parts.flatMap(({ warmup }) => (warmup === null ? [] : [warmup]))
    const warmup = warmups.length === 0 ? null : mergeTallies(warmups)
    return {
      runId: this.#runId,
      second: this.#next++,
      tally,
      warmup,
      inFlight: sum(parts.map(({ inFlight }) => inFlight)),
      queued: sum(parts.map(({ queued }) => queued)),
      connections: sum(parts.map(({ connections }) => connections)),
      vitals: this.#vitals(parts),
      problems: problemsOf({
        threads: parts.map(({ vitals }) => vitals),
        medianResponseMs: medianMs(warmup === null ? [tally.response] : [tally.response, warmup.response]),
        dropped: tally.dropped + (warmup?.dropped ?? 0),
        errors: [...tally.errors, ...(warmup?.errors ?? [])],
      }),
      errorSamples: parts.flatMap(({ errorSamples }) => errorSamples).filter((sample) => this.#admits(sample)),
      last,
    }
  }

  #vitals(parts: ThreadSecond[]): GeneratorVitals {
    const vitals = parts.map((part) => part.vitals)
    return {
      processCpuPercent: this.#processCpu(),
      threadCpuPercent: Math.max(...vitals.map(({ cpuPercent }) => cpuPercent)),
      loopLagMs: Math.max(...vitals.map(({ loopLagMs }) => loopLagMs)),
      scheduleLagMs: Math.max(...vitals.map(({ latenessMs }) => latenessMs)),
      threads: parts.length,
    }
  }

  /** Each thread has its own quota; this is the node's. */
  #admits({ kind, status, message, atMs }: ErrorSample): boolean {
    return this.#quota.take(groupKey(kind, status, message), atMs)
  }
}

/** The sum of tallies of the same task. */
export function mergeTallies(tallies: Tally[]): Tally {
  const [first] = tallies
  if (tallies.length === 1 && first !== undefined) return first
  const total = (count: (tally: Tally) => number): number => sum(tallies.map(count))
  const merged = (histogram: (tally: Tally) => Uint8Array): Uint8Array => mergeHistograms(tallies.map(histogram)).encode()
  return {
    planned: total((t) => t.planned),
    started: total((t) => t.started),
    dropped: total((t) => t.dropped),
    completed: total((t) => t.completed),
    failed: total((t) => t.failed),
    cancelled: total((t) => t.cancelled),
    requests: total((t) => t.requests),
    bytesSent: total((t) => t.bytesSent),
    bytesReceived: total((t) => t.bytesReceived),
    statuses: mergeCounts(tallies.map((t) => t.statuses)),
    errors: mergeErrors(tallies.flatMap((t) => t.errors)),
    checks: (first?.checks ?? []).map((_, i) => ({ passed: total((t) => t.checks[i]?.passed ?? 0), failed: total((t) => t.checks[i]?.failed ?? 0) })),
    response: merged((t) => t.response),
    service: merged((t) => t.service),
    lag: merged((t) => t.lag),
    firstByte: merged((t) => t.firstByte),
    connect: merged((t) => t.connect),
    tls: merged((t) => t.tls),
    dns: merged((t) => t.dns),
  }
}

function mergeHistograms(encoded: Uint8Array[]): Histogram {
  const histogram = new Histogram()
  for (const bytes of encoded) histogram.mergeEncoded(bytes)
  return histogram
}

function medianMs(encoded: Uint8Array[]): number | null {
  const median = mergeHistograms(encoded).percentile(50)
  return median === null ? null : median / 1000
}

function mergeCounts(counts: Record<string, number>[]): Record<string, number> {
  const merged: Record<string, number> = {}
  for (const [status, count] of counts.flatMap((one) => Object.entries(one))) merged[status] = (merged[status] ?? 0) + count
  return merged
}

function mergeErrors(errors: ErrorTally[]): ErrorTally[] {
  const groups = new Map<string, ErrorTally>()
  for (const error of errors) {
    const key = groupKey(error.kind, error.status, error.message)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { ...error })
    else group.count += error.count
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
