import { createHash } from 'node:crypto'
import type { RunFilter } from '../../../shared/results/run-filter.ts'
import type { Run } from '../../../shared/results/run.ts'
import { AppError } from '../../../shared/errors.ts'
import { masked } from '../../../shared/task/mask-spec.ts'
import type { Point, RunEvent, Summary } from '../../../shared/results/summary.ts'
import { closedRun } from '../closed-run.ts'
import { filteredRuns } from '../filtered-runs.ts'
import { annotateRun } from '../lua/annotate-run.lua.ts'
import { appendPoints } from '../lua/append-points.lua.ts'
import { closeRun } from '../lua/close-run.lua.ts'
import { deleteRun } from '../lua/delete-run.lua.ts'
import { listRuns } from '../lua/list-runs.lua.ts'
import { openRun } from '../lua/open-run.lua.ts'
import { listOf, pairsOf, textOf } from './replies.ts'
import { eventShape, pointShape, runShape, summaryShape } from './shapes.ts'
import type { RedisSpace } from './space.ts'
import type { Vault } from './vault.ts'

const DEFAULT_LIMIT = 200
const MOST_ATTEMPTS = 5
/** More than the seconds of the longest run. */
const KEPT_POINTS = 200_000
/** Read at once. */
const PAGE = 2000

/** The runs of a cluster in Redis, with their seconds and events, each written once. */
export class StoredRuns {
  readonly #space: RedisSpace
  readonly #vault: Vault

  constructor(space: RedisSpace, vault: Vault) {
    this.#space = space
    this.#vault = vault
  }

  async list(filter: RunFilter): Promise<Run[]> {
    return filteredRuns(async ({ taskId, before, limit }) => {
      const found = pairsOf(await this.#space.run(listRuns, [taskId ?? '', before === undefined ? '+inf' : `(${before}`, limit]))
      return found.flatMap(([id, fields]) => this.#open(id, listOf(fields)) ?? [])
    }, filter, filter.limit ?? DEFAULT_LIMIT)
  }

  /** Somebody else may write at the same moment: then once more, on what is there then. */
  async annotate(id: string, notes: Partial<Run>): Promise<Run> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const sealed = textOf(await this.#space.ask((redis) => redis.hget(this.#keyOf(id), 'run')))
      const run = this.#open(id, [sealed, null])
      if (run === null || sealed === null) throw missing(id)
      const noted: Run = { ...run, ...notes }
      if ((await this.#space.run(annotateRun, [id, createHash('sha1').update(sealed).digest('hex'), this.#seal(noted)])) === 'done') return noted
    }
    throw new AppError('conflict', 'This run is being written by others all the time.', { hint: 'Try again.' })
  }

  async one(id: string): Promise<Run | null> {
    return this.#open(id, await this.#space.ask((redis) => redis.hmget(this.#keyOf(id), 'run', 'begun')))
  }

  async open(run: Run): Promise<void> {
    await this.#space.run(openRun, [run.id, run.taskId, run.startedAt, this.#seal(masked(run))])
  }

  async append(id: string, points: readonly Point[], events: readonly RunEvent[]): Promise<void> {
    await this.#space.run(appendPoints, [
      id, KEPT_POINTS, points.length,
      ...points.flatMap((point) => [point.atMs, this.#vault.seal('point', `store/point/${id}`, point)]),
      ...events.map((event) => this.#vault.seal('event', `store/event/${id}`, event)),
    ])
  }

  async points(id: string): Promise<Point[]> {
    return (await this.#stream('points', id)).flatMap((text) => this.#vault.open<Point>('point', `store/point/${id}`, text, pointShape) ?? [])
  }

  async events(id: string): Promise<RunEvent[]> {
    return (await this.#stream('events', id)).flatMap((text) => this.#vault.open<RunEvent>('event', `store/event/${id}`, text, eventShape) ?? [])
  }

  async close(id: string, summary: Summary): Promise<void> {
    const run = closedRun(await this.#existing(id), summary)
    await this.#space.run(closeRun, [id, run.taskId, run.startedAt, this.#seal(run), this.#vault.seal('summary', `store/summary/${id}`, { ...summary, points: [] })])
  }

  async summary(id: string): Promise<Summary | null> {
    const sealed = textOf(await this.#space.ask((redis) => redis.hget(this.#keyOf(id), 'summary')))
    const summary = this.#vault.open<Summary>('summary', `store/summary/${id}`, sealed, summaryShape, ({ run }) => run.id === id)
    return summary && { ...summary, points: await this.points(id) }
  }

  async delete(id: string): Promise<void> {
    const { taskId } = await this.#existing(id)
    const outcome = await this.#space.run(deleteRun, [id, taskId])
    if (outcome === 'missing') throw missing(id)
    if (outcome === 'open') throw new AppError('conflict', 'This run is still going.', { hint: 'Stop it first.' })
  }

  async #existing(id: string): Promise<Run> {
    const run = await this.one(id)
    if (run === null) throw missing(id)
    return run
  }

  /** What was signed is the run as it was opened or closed; that it has begun to send is told beside it. */
  #open(id: string, [sealed, begun]: readonly unknown[]): Run | null {
    const run = this.#vault.open<Run>('run', `store/run/${id}`, textOf(sealed), runShape, (value) => value.id === id)
    return run !== null && run.endedAt === null && begun === '1' ? { ...run, status: 'running' } : run
  }

  #seal(run: Run): string {
    return this.#vault.seal('run', `store/run/${run.id}`, run)
  }

  async #stream(name: 'points' | 'events', id: string): Promise<string[]> {
    const entries = await this.#space.wholeStream(`store:${name}:${id}`, PAGE)
    return entries.map(({ fields }) => fields.get('data') ?? '')
  }

  #keyOf(id: string): string {
    return `${this.#space.prefix}store:run:${id}`
  }
}

function missing(id: string): AppError {
  return new AppError('not-found', `There is no run ${id}.`)
}
