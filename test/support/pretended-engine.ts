import type { Engine, EnginePlan, EngineRun } from '../../src/main/engine/plan.ts'
import { steadyNow } from '../../src/shared/clock.ts'
import type { Share } from '../../src/shared/cluster/cluster.ts'
import { Histogram } from '../../src/shared/results/histogram.ts'
import { profileDuration, type LoadProfile } from '../../src/shared/task/load.ts'
import type { Sample, Tally } from '../../src/shared/results/sample.ts'
import type { ArrivalCounts } from './arrival-counts.ts'

/** An engine that sends nothing: it says each second that its share of the arrivals was sent and answered. */
export class PretendedEngine implements Engine {
  readonly #counts: ArrivalCounts
  readonly #tallies: readonly Tally[]

  /** `counts`, `tallies`: shared by all engines of this process. */
  constructor(counts: ArrivalCounts, tallies: readonly Tally[]) {
    this.#counts = counts
    this.#tallies = tallies
  }

  async prepare(plan: EnginePlan): Promise<EngineRun> {
    return new PretendedRun(plan, this.#counts, this.#tallies)
  }
}

class PretendedRun implements EngineRun {
  readonly lane = { lane: 'http1', reason: 'pretended' } as const
  readonly threads = 1
  readonly #runId: string
  readonly #counts: ArrivalCounts
  readonly #tallies: readonly Tally[]
  readonly #ended = new AbortController()
  #profile: LoadProfile
  #share: Share
  #startAt = 0
  #second = 0
  #endMs: number

  constructor({ runId, load, share }: EnginePlan, counts: ArrivalCounts, tallies: readonly Tally[]) {
    if (load.model === 'closed') throw new Error('This engine knows only open loads.')
    this.#runId = runId
    this.#profile = load.profile
    this.#endMs = profileDuration(load.profile)
    this.#share = share
    this.#counts = counts
    this.#tallies = tallies
    counts.join(this, share)
  }

  begin(startAt: number, fromMs = 0): void {
    this.#startAt = startAt
    this.#second = Math.floor(fromMs / 1000)
  }

  setProfile(profile: LoadProfile): void {
    this.#profile = profile
  }

  setShare(share: Share): void {
    this.#share = share
    this.#counts.join(this, share)
  }

  extendLease(): void {
    // Sends nothing that would have to stop.
  }

  stop(atMs: number): void {
    this.#endMs = Math.min(this.#endMs, Math.max(atMs, steadyNow() - this.#startAt))
  }

  async kill(): Promise<void> {
    this.#counts.leave(this)
    this.#ended.abort()
  }

  async *samples(): AsyncGenerator<Sample> {
    for (let second = this.#second; !this.#ended.signal.aborted; second += 1) {
      await this.#until(this.#startAt + (second + 1) * 1000)
      const last = (second + 1) * 1000 >= this.#endMs
      if (!this.#ended.signal.aborted) yield this.#sampleOf(second, last)
      if (last) return this.#counts.leave(this)
    }
  }

  #until(at: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.max(0, at - steadyNow())))
  }

  #sampleOf(second: number, last: boolean): Sample {
    const due = this.#share.length === 0 ? 0 : this.#counts.of(this, this.#profile, second * 1000, Math.min((second + 1) * 1000, this.#endMs))
    return {
      runId: this.#runId, second, last, warmup: null, inFlight: 12, queued: 0, connections: 40, problems: [], errorSamples: [],
      tally: { ...(this.#tallies[second % this.#tallies.length] as Tally), planned: due, started: due, completed: due, requests: due, statuses: { 200: due }, checks: [{ passed: due, failed: 0 }] },
      vitals: { processCpuPercent: 31.4, threadCpuPercent: 27.1, loopLagMs: 0.42, scheduleLagMs: 0.31, threads: 1 },
    }
  }
}

/** Several seconds of a worker that answers so many requests in each: the histograms are as large as real ones. */
export function tallies(requests: number): Tally[] {
  return Array.from({ length: 8 }, () => ({
    planned: 0, started: 0, dropped: 0, completed: 0, failed: 0, cancelled: 0, requests: 0, bytesSent: 122 * requests, bytesReceived: 820 * requests, statuses: {}, errors: [], checks: [],
    response: times(requests, 4000, 0.8), service: times(requests, 3900, 0.8), lag: times(requests, 60, 0.5), firstByte: times(requests, 3800, 0.8),
    connect: times(3, 150, 0.3), tls: new Uint8Array(0), dns: new Uint8Array(0),
  }))
}

/** Log-normal times around `medianUs`, encoded. */
function times(count: number, medianUs: number, sigma: number): Uint8Array {
  const histogram = new Histogram()
  for (let i = 0; i < count; i += 1) {
    const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
    histogram.record(medianUs * Math.exp(sigma * normal))
  }
  return histogram.encode()
}
