import { Histogram } from '../../../shared/results/histogram.ts'
import type { ErrorSample, ErrorTally, GeneratorVitals, Sample, Tally } from '../../../shared/results/sample.ts'
import { encodedSteps } from '../../../shared/results/step-total.ts'
import { TIMES, TallyTotal } from '../../../shared/results/tally-total.ts'
import type { TimeName } from '../../../shared/results/tally-total.ts'
import { SampleQuota, groupKey } from '../measure/error-book.ts'
import { problemsOf } from '../measure/health.ts'
import type { ThreadSecond } from './thread-messages.ts'

/** Makes one Sample of the seconds of all threads: one a second, in order, without holes. */
export class ThreadMerger {
  readonly #runId: string
  /** Seconds of each thread that wait for the others. */
  readonly #waiting: ThreadSecond[][]
  readonly #ended: boolean[]
  readonly #quota = new SampleQuota()
  readonly #processCpu: () => number
  readonly #scratch = new Histogram()
  #next = 0

  /** @param processCpu CPU of the process since its last call, % of a core. */
  constructor(runId: string, threads: number, processCpu: () => number) {
    this.#runId = runId
    this.#waiting = Array.from({ length: threads }, () => [])
    this.#ended = Array.from({ length: threads }, () => false)
    this.#processCpu = processCpu
  }

  /** Number of the first second. */
  begin(second: number): void {
    this.#next = second
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
        medianResponseMs: this.#medianMs(warmup === null ? [tally.response] : [tally.response, warmup.response]),
        dropped: tally.dropped + (warmup?.dropped ?? 0),
        errors: [...tally.errors, ...(warmup?.errors ?? [])],
      }),
      errorSamples: parts.flatMap(({ errorSamples }) => errorSamples).filter((sample) => this.#admits(sample)),
      last,
    }
  }

  #medianMs(encoded: Uint8Array[]): number | null {
    this.#scratch.clear()
    for (const bytes of encoded) this.#scratch.mergeEncoded(bytes)
    const median = this.#scratch.percentile(50)
    return median === null ? null : median / 1000
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
function mergeTallies(tallies: Tally[]): Tally {
  if (tallies.length === 1) return tallies[0]!
  const total = new TallyTotal()
  for (const tally of tallies) total.add(tally)
  const times = Object.fromEntries(TIMES.map((name) => [name, total.times[name].encode()])) as Record<TimeName, Uint8Array>
  return { ...total.counts, ...times, statuses: total.statuses, checks: total.checks, ...encodedSteps(total.steps), ...total.encodedStream(), errors: mergeErrors(tallies.flatMap(({ errors }) => errors)) }
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
