import type { Acquired } from '../backend/cluster-state.ts'
import type { Job, JobStanding, PieceOutcome } from '../backend/job-state.ts'
import type { MasterDeps, MasterDriver } from './driver.ts'
import { JobManifests } from './job-manifests.ts'
import { JobShares } from './job-shares.ts'
import { NodeBook } from './node-book.ts'
import { NodeOrderBook } from './node-orders.ts'
import { rounds, type RoundsOptions } from './rounds.ts'
import { Wishes } from './wishes.ts'

/** What a job is to the master. */
export interface JobPlan {
  /** Of the jobs that it leads. */
  kind: string
  /** Makes the result of the whole out of those of all pieces, in their order. What it throws, the job fails with for now: it is tried again. */
  conclude(job: Job, outcomes: readonly PieceOutcome[]): unknown
}

const LOOK_MS = 500
/** Between two looks at what is done, ms. */
const REST_MS = 100

/**
 * Leads jobs in pieces for one term: divides what is open among the nodes that are there, divides it anew when others
 * are, and concludes what is done. All that it has to know stands in the cluster state: a successor goes on with it.
 */
export class JobMasterDriver implements MasterDriver {
  readonly #deps: MasterDeps
  readonly #plan: JobPlan
  readonly #book: NodeBook
  readonly #wishes: Wishes
  readonly #shares: JobShares
  readonly #manifests: JobManifests
  /** Null before the first look: no reason to take anything away from anybody. */
  #open: JobStanding[] | null = null
  #distributeNow: () => void = () => undefined

  constructor(deps: MasterDeps, plan: JobPlan) {
    const { term: { snapshot }, strategy, timings } = deps
    this.#deps = deps
    this.#plan = plan
    this.#book = new NodeBook(timings)
    const orders = new NodeOrderBook(snapshot.manifests)
    this.#wishes = new Wishes(deps, this.#book, orders)
    this.#shares = new JobShares(strategy, snapshot.manifests)
    this.#manifests = new JobManifests(deps, this.#book, orders)
  }

  /** Jobs live in the cluster state alone. */
  memory(): null {
    return null
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.keepAlive(signal), this.manageNode(signal), this.listenTask(signal), this.distributeTask(signal)])
  }

  sendNodeInfo(): Promise<void> {
    return this.#deps.workDriver.sendNodeInfo()
  }

  tryBeMaster(remembered: number): Promise<Acquired | null> {
    return this.#deps.workDriver.tryBeMaster(remembered)
  }

  keepAlive(signal: AbortSignal): Promise<void> {
    return rounds(() => this.#deps.term.renew(), this.#every(this.#deps.timings.renewMs, signal))
  }

  manageNode(signal: AbortSignal): Promise<void> {
    const { cluster, monotonic } = this.#deps
    return rounds(async () => {
      this.#book.update(await cluster.members(), monotonic())
      this.#distributeNow()
    }, { ...this.#every(LOOK_MS, signal), restMs: () => REST_MS, nudges: (nudge) => cluster.watch('nodes', nudge) })
  }

  /** What users want of nodes, which jobs there are, and how far they have come. */
  listenTask(signal: AbortSignal): Promise<void> {
    const { cluster, term } = this.#deps
    return rounds(async () => {
      const asked = await cluster.intents(term.lease)
      if (!asked.ok) return term.fenced()
      this.#wishes.add(asked.value)
      const ours = (await cluster.jobs.all()).filter(({ kind, finished }) => kind === this.#plan.kind && !finished)
      for (const { id } of ours.filter(({ pieces, done }) => done >= pieces)) await this.#conclude(id)
      this.#open = ours.filter(({ pieces, done }) => done < pieces)
      this.#distributeNow()
    }, {
      ...this.#every(LOOK_MS, signal),
      restMs: () => REST_MS,
      nudges: (nudge) => {
        const silences = [cluster.watch('intents', nudge), cluster.watch('results', nudge)]
        return () => silences.forEach((silence) => silence())
      },
    })
  }

  distributeTask(signal: AbortSignal): Promise<void> {
    return rounds(async () => {
      if (!this.#book.hasLooked || this.#open === null) return
      await this.#wishes.carryOut()
      if (signal.aborted) return
      this.#shares.divide(this.#open.map(({ id }) => id), this.#book.usable())
      await this.#manifests.write((nodeId) => this.#shares.partsOf(nodeId), this.#book.lost())
    }, {
      ...this.#every(LOOK_MS, signal),
      nudges: (nudge) => {
        this.#distributeNow = nudge
        return () => undefined
      },
    })
  }

  async #conclude(jobId: string): Promise<void> {
    const { cluster: { jobs }, term } = this.#deps
    const [job, outcomes] = await Promise.all([jobs.job(jobId), jobs.outcomes(jobId)])
    if (job === null) return
    const inOrder = Array.from({ length: job.pieces }, (_, piece) => outcomes.get(piece) ?? LOST)
    const finished = await jobs.finish(term.lease, jobId, await this.#plan.conclude(job, inOrder))
    if (!finished.ok) term.fenced()
  }

  #every(everyMs: number, signal: AbortSignal): RoundsOptions {
    return { everyMs, signal, onError: (error) => this.#trouble(error) }
  }

  /** A round that failed comes again. */
  #trouble(error: unknown): void {
    this.#deps.onNotice({ id: 'master', level: 'warn', text: error instanceof Error ? error.message : String(error) })
  }
}

/** Counted as done, and then not readable: forged or damaged. */
const LOST: PieceOutcome = { ok: false, why: 'What came out of it was damaged in Redis.' }
