import type { JobPart, Manifest } from '../../../shared/cluster/cluster.ts'
import type { Commit } from '../../backend/cluster-state.ts'
import type { MasterDeps } from '../driver.ts'
import type { NodeBook } from '../master/node-book.ts'
import type { NodeOrderBook } from '../master/node-orders.ts'

/** The manifests of nodes that carry jobs: written together, and only when something in them has changed. */
export class JobManifests {
  readonly #deps: Pick<MasterDeps, 'cluster' | 'term'>
  readonly #book: NodeBook
  readonly #orders: NodeOrderBook
  #revision: number
  /** A number is never used for a second attempt: the outcome of the first may be unknown. */
  #attempt: number
  #written = ''

  constructor(deps: Pick<MasterDeps, 'cluster' | 'term'>, book: NodeBook, orders: NodeOrderBook) {
    this.#deps = deps
    this.#book = book
    this.#orders = orders
    this.#revision = deps.term.snapshot.revision
    this.#attempt = this.#revision
  }

  /** `partsOf`: what a node is to carry. `removed`: taken off the list as lost, unless one proves to be alive. */
  async write(partsOf: (nodeId: string) => JobPart[], removed: Commit['removed']): Promise<void> {
    const { cluster, term } = this.#deps
    const wanted = this.#book.known().map(({ id: nodeId, boot }) => ({ nodeId, boot, orders: this.#orders.of(nodeId, boot), jobs: partsOf(nodeId) }))
    const outline = JSON.stringify(wanted)
    if (outline === this.#written && removed.length === 0) return
    const revision = ++this.#attempt
    const { epoch, token } = term.lease
    const manifests = wanted.map((manifest): Manifest => ({ ...manifest, epoch, token, revision, assignments: [] }))
    const committed = await cluster.commit(term.lease, { expectRevision: this.#revision, revision, manifests, removed })
    if (committed.ok && typeof committed.value === 'object') return this.#book.acquit(committed.value.alive)
    if (!committed.ok || committed.value === 'conflict') return term.fenced() // somebody else wrote: start a new term from what is there
    this.#revision = revision
    this.#written = outline
  }
}
