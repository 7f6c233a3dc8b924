import type { Lease } from '../../../shared/cluster/cluster.ts'
import type { Guarded } from '../guarded.ts'
import type { Job, JobStanding, JobState, PieceOutcome } from '../job-state.ts'
import { jobAll } from '../lua/job-all.lua.ts'
import { jobDeliver } from '../lua/job-deliver.lua.ts'
import { jobFinish } from '../lua/job-finish.lua.ts'
import { jobForget } from '../lua/job-forget.lua.ts'
import { jobSubmit } from '../lua/job-submit.lua.ts'
import { guardedOf, listOf, numberOf, pairsOf, textOf } from './replies.ts'
import { jobResultShape, jobShape, pieceShape } from './shapes.ts'
import type { RedisSpace } from './space.ts'
import type { Vault } from './vault.ts'

/** The jobs of a cluster in Redis. An outcome or a result that does not open counts as none: its piece is done again. */
export class RedisJobs implements JobState {
  readonly #space: RedisSpace
  readonly #vault: Vault

  constructor(space: RedisSpace, vault: Vault) {
    this.#space = space
    this.#vault = vault
  }

  async submit(job: Job): Promise<boolean> {
    const { id, kind, pieces } = job
    return (await this.#space.run(jobSubmit, [id, this.#vault.seal('job', `jobs/${id}`, { id, kind, pieces }), this.#vault.seal('job', `job-wholes/${id}`, job)])) === 1
  }

  async all(): Promise<JobStanding[]> {
    const flat = listOf(await this.#space.run(jobAll))
    return Array.from({ length: Math.floor(flat.length / 4) }, (_, index) => flat.slice(4 * index, 4 * index + 4)).flatMap(([id, sealed, done, over]) => {
      const head = this.#vault.open<Pick<Job, 'id' | 'kind' | 'pieces'>>('job', `jobs/${textOf(id)}`, textOf(sealed), jobShape, (value) => value.id === id)
      return head === null ? [] : [{ ...head, done: over === 1 ? head.pieces : numberOf(done), finished: over === 1 }]
    })
  }

  async job(jobId: string): Promise<Job | null> {
    const sealed = await this.#space.ask((redis) => redis.hget(`${this.#space.prefix}job-wholes`, jobId))
    return this.#vault.open<Job>('job', `job-wholes/${jobId}`, textOf(sealed), jobShape, ({ id }) => id === jobId)
  }

  async deliver(jobId: string, piece: number, outcome: PieceOutcome): Promise<boolean> {
    return (await this.#space.run(jobDeliver, [jobId, piece, this.#vault.seal('piece', piecePlace(jobId, piece), outcome)])) === 1
  }

  async delivered(jobId: string): Promise<number[]> {
    return (await this.#space.ask((redis) => redis.hkeys(this.#keyOf(jobId)))).map(Number).filter(Number.isSafeInteger)
  }

  async outcomes(jobId: string): Promise<Map<number, PieceOutcome>> {
    const found = pairsOf(await this.#space.ask((redis) => redis.call('HGETALL', this.#keyOf(jobId))))
    return new Map(found.flatMap(([field, sealed]) => {
      const piece = Number(field)
      const outcome = this.#vault.open<PieceOutcome>('piece', piecePlace(jobId, piece), textOf(sealed), pieceShape)
      return outcome === null ? [] : [[piece, outcome] as const]
    }))
  }

  async finish(lease: Lease, jobId: string, result: unknown): Promise<Guarded<'done' | 'over'>> {
    const sealed = this.#vault.seal('job', `job-results/${jobId}`, { value: result })
    return guardedOf(await this.#space.run(jobFinish, [lease.epoch, lease.token, jobId, sealed]), ([outcome]) => (outcome === 'done' ? 'done' : 'over'))
  }

  async result(jobId: string): Promise<{ value: unknown } | null> {
    const sealed = await this.#space.ask((redis) => redis.hget(`${this.#space.prefix}job-results`, jobId))
    return this.#vault.open<{ value: unknown }>('job', `job-results/${jobId}`, textOf(sealed), jobResultShape)
  }

  async forget(jobId: string): Promise<void> {
    await this.#space.run(jobForget, [jobId])
  }

  #keyOf(jobId: string): string {
    return `${this.#space.prefix}job:${jobId}`
  }
}

function piecePlace(jobId: string, piece: number): string {
  return `job/${jobId}/${piece}`
}
