import type { ReportBatch } from '../../shared/cluster/cluster.ts'
import type { RunView } from '../../shared/results/run.ts'
import type { Point, RunEvent, Summary } from '../../shared/results/summary.ts'
import type { AggregateCommit, LiveRun, Poll, Snapshot } from './cluster-state.ts'

/** Closed seconds kept in memory per run: two hours; the task store has them all. */
const KEPT_POINTS = 7200

interface Entry {
  id: number
  result: Poll['results'][number]
}

/** Samples, aggregates and views of the runs: the memory adapter's part of `protocol.md` §3, report and aggCommit. */
export class MemoryResults {
  /** Samples not yet part of an aggregate, in order of acceptance over all runs. */
  readonly #entries: Entry[] = []
  /** Last number accepted per `run node#boot`. */
  readonly #accepted = new Map<string, Map<string, number>>()
  readonly #aggregates = new Map<string, { revision: number; cursor: string; state: string; points: Point[]; events: RunEvent[]; view: RunView; summary: Summary | null }>()
  readonly #now: () => number
  #lastId = 0

  /** `now`: the cluster's clock. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Only in order: an older number is ignored, a newer one ends the step, unless it is the oldest that the sender still has. */
  report(batch: ReportBatch): number {
    const numbers = this.#numbers(batch.runId)
    const key = `${batch.nodeId}#${batch.boot}`
    let last = numbers.get(key) ?? 0
    for (const { seq, sample } of batch.entries) {
      if (seq <= last) continue
      const gapBefore = seq > last + 1
      if (gapBefore && seq !== batch.ringFrom) break
      // As a stream numbers its entries: of a state that went back by a moment, new ones come after those that are lost.
      this.#lastId = Math.max(this.#lastId + 1, Math.floor(this.#now() * 1000))
      this.#entries.push({ id: this.#lastId, result: { runId: batch.runId, nodeId: batch.nodeId, boot: batch.boot, seq, sample, gapBefore } })
      last = seq
    }
    numbers.set(key, last)
    return last
  }

  accepted(nodeId: string, boot: string): Record<string, number> {
    const key = `${nodeId}#${boot}`
    return Object.fromEntries([...this.#accepted].flatMap(([runId, numbers]) => (numbers.has(key) ? [[runId, numbers.get(key) ?? 0]] : [])))
  }

  after(cursor: string): { results: Poll['results']; cursor: string } {
    // Beyond all that there is: the state has lost its last moments, and what is told anew may have any number. The samples' own decide.
    const from = Number(cursor) > this.#lastId ? 0 : Number(cursor)
    return { results: this.#entries.filter((entry) => entry.id > from).map((entry) => entry.result), cursor: String(this.#lastId) }
  }

  commit(commit: AggregateCommit): 'done' | 'conflict' {
    const known = this.#aggregates.get(commit.runId)
    if ((known?.revision ?? 0) !== commit.expectRevision) return 'conflict'
    const points = [...(known?.points ?? []), ...commit.points].slice(-KEPT_POINTS)
    const events = [...(known?.events ?? []), ...commit.events]
    this.#aggregates.set(commit.runId, { revision: commit.revision, cursor: commit.cursor, state: commit.state, points, events, view: commit.view, summary: commit.summary })
    this.#trim(commit.runId, Number(commit.cursor))
    return 'done'
  }

  live(runId: string, afterMs: number): LiveRun | null {
    const run = this.#aggregates.get(runId)
    if (run === undefined) return null
    return { points: run.points.filter((point) => point.atMs > afterMs), events: run.events, view: run.view, summary: run.summary }
  }

  views(): RunView[] {
    return [...this.#aggregates.values()].map((run) => run.view)
  }

  aggregates(): Snapshot['aggregates'] {
    return [...this.#aggregates].map(([runId, { revision, cursor, state }]) => ({ runId, revision, cursor, state }))
  }

  forget(runId: string): void {
    this.#aggregates.delete(runId)
    this.#accepted.delete(runId)
    this.#trim(runId, Infinity)
  }

  #numbers(runId: string): Map<string, number> {
    const numbers = this.#accepted.get(runId) ?? new Map<string, number>()
    this.#accepted.set(runId, numbers)
    return numbers
  }

  #trim(runId: string, upTo: number): void {
    const kept = this.#entries.filter((entry) => entry.result.runId !== runId || entry.id > upTo)
    this.#entries.splice(0, this.#entries.length, ...kept)
  }
}
