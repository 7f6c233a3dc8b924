import type { Manifest } from '../../../shared/cluster/cluster.ts'
import type { Commit } from '../../backend/cluster-state.ts'
import { assigned, assignmentOf, type ActiveRun } from '../run/active-run.ts'
import { bootKey, type Boot } from '../boot-key.ts'
import type { MasterDeps } from '../driver.ts'
import type { NodeBook } from './node-book.ts'
import type { NodeOrderBook } from './node-orders.ts'
import type { RunLead } from '../run/run-lead.ts'
import { latestFromMs, latestShare, tell, type Stamp } from '../run/tenure.ts'

/** The manifests of all nodes: written together, and only when something in them has changed. */
export class ManifestBook {
  readonly #deps: MasterDeps
  readonly #book: NodeBook
  readonly #orders: NodeOrderBook
  /** Of the manifests in force; a number is never used for a second attempt. */
  #revision: number
  #attempt: number
  #written = ''
  #isOurs = false
  #manifests: Manifest[]

  constructor(deps: MasterDeps, book: NodeBook, orders: NodeOrderBook) {
    this.#deps = deps
    this.#book = book
    this.#orders = orders
    this.#manifests = deps.term.snapshot.manifests
    this.#revision = deps.term.snapshot.revision
    this.#attempt = Math.max(this.#revision, deps.former?.revision ?? 0)
  }

  /** Of those in force, if this master wrote them; before that nobody can be expected to follow it. */
  get stamp(): Stamp {
    return this.#isOurs ? { epoch: this.#deps.term.lease.epoch, revision: this.#revision } : { epoch: 0, revision: 0 }
  }

  /** Of the manifests in force: the cluster state has this one at least, unless it has lost its last moments. */
  get revision(): number {
    return this.#revision
  }

  /** Highest revision that was ever tried, and the manifests as written last. */
  get memory(): { revision: number; manifests: Manifest[] } {
    return { revision: this.#attempt, manifests: this.#manifests }
  }

  /**
   * `removed`: nodes to take off the list as lost; their shares are free when it is done. One of them may prove to be
   * alive: then nothing was written. Ends the term where somebody else wrote.
   */
  async write(leads: readonly RunLead[], removed: Commit['removed'] = []): Promise<'done' | 'fenced' | { alive: string }> {
    const wanted = this.#outline(leads)
    if (wanted === this.#written && removed.length === 0) return 'done'
    const revision = ++this.#attempt
    const manifests = this.#compose(leads, revision, new Set(removed.map(bootKey)))
    const committed = await this.#deps.cluster.commit(this.#deps.term.lease, { expectRevision: this.#revision, revision, manifests, removed })
    if (committed.ok && typeof committed.value === 'object') return committed.value
    if (!committed.ok || committed.value === 'conflict') {
      this.#deps.term.fenced() // somebody else wrote: start a new term from what is there
      return 'fenced'
    }
    this.#isOurs = true
    this.#revision = revision
    this.#manifests = manifests
    this.#written = removed.length === 0 ? wanted : ''
    for (const lead of leads) this.#tellWritten(lead)
    return 'done'
  }

  #tellWritten(lead: RunLead): void {
    for (const part of lead.active.parts) tell(part, this.stamp)
    lead.written(this.#revision)
  }

  /** Everything in the manifests that can change, without the bulk: a spec never does, and a load only with an order, whose number may have been that of another before a store went back. */
  #outline(leads: readonly RunLead[]): string {
    const runs = leads.map(({ active }) => {
      const parts = assigned(active).map((part) => [part.id, part.standing, latestFromMs(part), latestShare(part)])
      return [active.run.id, active.orderNo, active.wantedRate, active.phase, active.startAt, parts]
    })
    return JSON.stringify([this.#orders.version, this.#book.known().map(({ id, boot }) => [id, boot]), runs])
  }

  /** One for every node that is known or carries something: also an empty one is an order. `removed`: they are to carry nothing any more. */
  #compose(leads: readonly RunLead[], revision: number, removed: ReadonlySet<string>): Manifest[] {
    const { epoch, token } = this.#deps.term.lease
    const manifests = new Map<string, Manifest>()
    const manifestOf = ({ nodeId, boot }: Boot): Manifest => {
      const known = manifests.get(nodeId)
      if (known !== undefined) return known
      const manifest = { nodeId, boot, epoch, token, revision, orders: this.#orders.of(nodeId, boot), assignments: [] }
      manifests.set(nodeId, manifest)
      return manifest
    }
    for (const { id, boot } of this.#book.known()) manifestOf({ nodeId: id, boot })
    for (const { active } of leads) for (const part of assigned(active)) {
      const manifest = manifestOf(part)
      if (manifest.boot === part.boot) manifest.assignments.push(assignmentOf(active, removed.has(bootKey(part)) ? emptied(active, part) : part))
    }
    return [...manifests.values()]
  }
}

/** As it will stand once its node is off the list. */
function emptied(active: ActiveRun, part: ActiveRun['parts'][number]): ActiveRun['parts'][number] {
  const atMs = latestFromMs(part)
  return { ...part, standing: 'out', lostAtMs: 0, tenures: active.phase === 'prepare' ? [] : [{ share: [], fromMs: atMs, sureMs: null, told: null }] }
}
