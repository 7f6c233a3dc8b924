import type { Lease, ReportBatch } from '../../../shared/cluster/cluster.ts'
import type { RunView } from '../../../shared/results/run.ts'
import type { Sample } from '../../../shared/results/sample.ts'
import type { Point, RunEvent, Summary } from '../../../shared/results/summary.ts'
import type { AggregateCommit, LiveRun, Poll, Snapshot } from '../cluster-state.ts'
import type { Guarded } from '../guarded.ts'
import { commitAggregate } from '../lua/commit-aggregate.lua.ts'
import { forget } from '../lua/forget.lua.ts'
import { live } from '../lua/live.lua.ts'
import { report } from '../lua/report.lua.ts'
import { views } from '../lua/views.lua.ts'
import { comesBefore, entriesOf, guardedOf, idAfter, isStreamId, listOf, numberOf, pairsOf, textOf, type StreamEntry } from './replies.ts'
import { eventShape, pointShape, sampleShape, stateShape, summaryShape, viewShape } from './shapes.ts'
import type { RedisSpace } from './space.ts'
import type { Vault } from './vault.ts'

/** Closed seconds kept per run: two hours; the task store has them all. */
const KEPT_POINTS = 7200
/** Samples kept for a master that does not come: a minute of each node, or this many. */
const KEPT_SAMPLES = 10_000
const KEPT_PER_NODE = 60
const SAMPLES_KEPT_MS = 3_600_000
/** Longer than any run may take. */
const RUN_KEPT_MS = 25 * 3_600_000
/** Seconds read at once. */
const PAGE = 2000

type Result = Poll['results'][number]

/** Samples, aggregates and views of the runs in Redis: `protocol.md` §3, report and aggCommit. */
export class RedisResults {
  readonly #space: RedisSpace
  readonly #vault: Vault

  constructor(space: RedisSpace, vault: Vault) {
    this.#space = space
    this.#vault = vault
  }

  async report({ runId, nodeId, boot, ringFrom, entries }: ReportBatch): Promise<{ accepted: number }> {
    const source = `${nodeId}#${boot}`
    const sealed = entries.flatMap(({ seq, sample }) => [seq, this.#vault.seal('sample', samplePlace(runId, source, String(seq)), sample)])
    const accepted = await this.#space.run(report, [runId, source, ringFrom, KEPT_SAMPLES, KEPT_PER_NODE, SAMPLES_KEPT_MS, ...sealed])
    return { accepted: numberOf(accepted) }
  }

  /** `reply`: run and entries, alternating, read after `cursor`. */
  read(reply: unknown, cursor: string): { results: Result[]; cursor: string } {
    const before = positionsOf(cursor)
    const streams = pairsOf(reply).map(([runId, entries]) => ({ runId, entries: entriesOf(entries) }))
    const positions = streams.map(({ runId, entries }) => [runId, entries.at(-1)?.id ?? before.get(runId)] as const)
    const found = streams.flatMap(({ runId, entries }) => this.#open(runId, entries))
    found.sort((one, other) => (comesBefore(one.id, other.id) ? -1 : 1))
    return { results: found.map(({ result }) => result), cursor: JSON.stringify(Object.fromEntries(positions.filter(([, id]) => id !== undefined))) }
  }

  async commit(lease: Lease, aggregate: AggregateCommit): Promise<Guarded<'done' | 'conflict'>> {
    const { runId, points, events, summary } = aggregate
    const seal = this.#vault.seal.bind(this.#vault)
    const trimmed = positionsOf(aggregate.cursor).get(runId)
    const reply = await this.#space.run(commitAggregate, [
      lease.epoch, lease.token, runId, aggregate.expectRevision, aggregate.revision, aggregate.cursor, trimmed === undefined ? '' : idAfter(trimmed),
      seal('state', `state/${runId}`, aggregate.state), seal('view', `view/${runId}`, aggregate.view), summary === null ? '' : seal('summary', `summary/${runId}`, summary),
      KEPT_POINTS, RUN_KEPT_MS, points.length,
      ...points.flatMap((point) => [point.atMs, seal('point', `point/${runId}`, point)]),
      ...events.map((event) => seal('event', `event/${runId}`, event)),
    ])
    return guardedOf(reply, ([outcome]) => (outcome === 'done' ? 'done' : 'conflict'))
  }

  async views(): Promise<RunView[]> {
    return pairsOf(await this.#space.run(views)).flatMap(([runId, view]) => this.#view(runId, view) ?? [])
  }

  async live(runId: string, afterMs: number): Promise<LiveRun | null> {
    const from = `${Math.max(0, Math.floor(afterMs) + 1)}-0`
    const [sealedView, sealedSummary, first, events] = listOf(await this.#space.run(live, [runId, from, PAGE]))
    const view = this.#view(runId, sealedView)
    if (view === null) return null
    const summary = this.#vault.open<Summary>('summary', `summary/${runId}`, textOf(sealedSummary), summaryShape, ({ run }) => run.id === runId)
    const points = (await this.#space.wholeStream(`pts:${runId}`, PAGE, entriesOf(first))).flatMap(({ fields }) => this.#vault.open<Point>('point', `point/${runId}`, fields.get('data') ?? '', pointShape) ?? [])
    return { view, summary, points, events: entriesOf(events).flatMap(({ fields }) => this.#vault.open<RunEvent>('event', `event/${runId}`, fields.get('data') ?? '', eventShape) ?? []) }
  }

  async forget(runId: string): Promise<void> {
    await this.#space.run(forget, [runId])
  }

  /** `reply`: run, revision, cursor and state, alternating. A state that cannot be read is none: its run is lost, and said to be. */
  aggregates(reply: unknown): Snapshot['aggregates'] {
    const flat = listOf(reply).map(textOf)
    return Array.from({ length: Math.floor(flat.length / 4) }, (_, index) => flat.slice(4 * index, 4 * index + 4)).flatMap(([runId = '', revision = '', cursor = '', sealed = '']) => {
      const state = this.#vault.open<string>('state', `state/${runId}`, sealed, stateShape)
      return state === null ? [] : [{ runId, revision: numberOf(revision), cursor, state }]
    })
  }

  #view(runId: string, sealed: unknown): RunView | null {
    return this.#vault.open<RunView>('view', `view/${runId}`, textOf(sealed), viewShape, ({ run }) => run.id === runId)
  }

  /** A sample that does not open leaves a hole behind, which the next one of that source tells. */
  #open(runId: string, entries: StreamEntry[]): { id: string; result: Result }[] {
    const holes = new Set<string>()
    return entries.flatMap(({ id, fields }) => {
      const [source = '', seq = '', data = ''] = ['source', 'seq', 'data'].map((name) => fields.get(name))
      const sample = this.#vault.open<Sample>('sample', samplePlace(runId, source, seq), data, sampleShape, (value) => value.runId === runId)
      if (sample === null) {
        holes.add(source)
        return []
      }
      const border = source.lastIndexOf('#')
      const gapBefore = holes.delete(source) || fields.get('gap') === '1'
      return [{ id, result: { runId, nodeId: source.slice(0, border), boot: source.slice(border + 1), seq: numberOf(seq), sample, gapBefore } }]
    })
  }
}

/** A cursor is the last stream id read of each run. Anything else, such as none, begins at the start. */
export function positionsOf(cursor: string): Map<string, string> {
  try {
    const parsed: unknown = JSON.parse(cursor)
    if (typeof parsed !== 'object' || parsed === null) return new Map()
    return new Map(Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && isStreamId(entry[1])))
  } catch {
    return new Map()
  }
}

function samplePlace(runId: string, source: string, seq: string): string {
  return `res/${runId}/${source}/${seq}`
}
