import type { Job, JobStanding, PieceOutcome } from '../../backend/job-state.ts'
import type { MasterDeps, MasterDriver } from '../driver.ts'
import { JobManifests } from './job-manifests.ts'
import { JobShares } from './job-shares.ts'
import { LeadingDriver } from '../master/leading-driver.ts'
import { NodeOrderBook } from '../master/node-orders.ts'
import { rounds } from '../rounds.ts'
import { Wishes } from '../master/wishes.ts'

/** What a job is to the master. */
export interface JobPlan {
  /** Of the jobs that it leads. */
  kind: string
  /** Makes the result of the whole out of those of all pieces, in their order. What it throws, the job fails with for now: it is tried again. */
  conclude(job: Job, outcomes: readonly PieceOutcome[]): unknown
}

/** Between two looks at what is done, ms. */
const REST_MS = 100

/**
 * Leads jobs in pieces for one term: divides what is open among the nodes that are there, divides it anew when others
 * are, and concludes what is done. All that it has to know stands in the cluster state: a successor goes on with it.
 */
export class JobMasterDriver extends LeadingDriver implements MasterDriver {
  readonly #plan: JobPlan
  readonly #wishes: Wishes
  readonly #shares: JobShares
  readonly #manifests: JobManifests
  /** Null before the first look: no reason to take anything away from anybody. */
  #open: JobStanding[] | null = null

  constructor(deps: MasterDeps, plan: JobPlan) {
    super(deps)
    const { term: { snapshot }, strategy } = deps
    this.#plan = plan
    const orders = new NodeOrderBook(snapshot.manifests)
    this.#wishes = new Wishes(deps, this.book, orders)
    this.#shares = new JobShares(strategy, snapshot.manifests)
    this.#manifests = new JobManifests(deps, this.book, orders)
  }

  /** Jobs live in the cluster state alone. */
  memory(): null {
    return null
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.keepAlive(signal), this.manageNode(signal), this.listenTask(signal), this.distributeTask(signal)])
  }

  /** What users want of nodes, which jobs there are, and how far they have come. */
  listenTask(signal: AbortSignal): Promise<void> {
    const { cluster, term } = this.deps
    return rounds(async () => {
      const asked = await cluster.intents(term.lease)
      if (!asked.ok) return term.fenced()
      this.#wishes.add(asked.value)
      const ours = (await cluster.jobs.all()).filter(({ kind, finished }) => kind === this.#plan.kind && !finished)
      for (const { id } of ours.filter(({ pieces, done }) => done >= pieces)) await this.#conclude(id)
      this.#open = ours.filter(({ pieces, done }) => done < pieces)
      this.distributeNow()
    }, {
      ...this.every(signal),
      restMs: () => this.restMs,
      nudges: (nudge) => {
        const silences = [cluster.watch('intents', nudge), cluster.watch('results', nudge)]
        return () => silences.forEach((silence) => silence())
      },
    })
  }

  distributeTask(signal: AbortSignal): Promise<void> {
    return rounds(async () => {
      if (!this.book.hasLooked || this.#open === null) return
      await this.#wishes.carryOut()
      if (signal.aborted) return
      this.#shares.divide(this.#open.map(({ id }) => id), this.book.usable())
      await this.#manifests.write((nodeId) => this.#shares.partsOf(nodeId), this.book.lost())
    }, { ...this.every(signal), nudges: this.distributions })
  }

  protected get restMs(): number {
    return REST_MS
  }

  async #conclude(jobId: string): Promise<void> {
    const { cluster: { jobs }, term } = this.deps
    const [job, outcomes] = await Promise.all([jobs.job(jobId), jobs.outcomes(jobId)])
    if (job === null) return
    const inOrder = Array.from({ length: job.pieces }, (_, piece) => outcomes.get(piece) ?? LOST)
    const finished = await jobs.finish(term.lease, jobId, await this.#plan.conclude(job, inOrder))
    if (!finished.ok) term.fenced()
  }
}

/** Counted as done, and then not readable: forged or damaged. */
const LOST: PieceOutcome = { ok: false, why: 'What came out of it was damaged in Redis.' }
