import type { Intent, NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { MasterDeps } from '../driver.ts'
import type { NodeBook } from './node-book.ts'
import type { NodeOrderBook } from './node-orders.ts'
import { succession } from '../election/successor.ts'

/** Users' wishes about nodes, as the master carries them out. Those about tasks stand in the task store. */
export class Wishes {
  readonly #deps: MasterDeps
  readonly #book: NodeBook
  readonly #orders: NodeOrderBook
  readonly #waiting: Intent[] = []

  constructor(deps: MasterDeps, book: NodeBook, orders: NodeOrderBook) {
    this.#deps = deps
    this.#book = book
    this.#orders = orders
  }

  add(intents: readonly Intent[]): void {
    this.#waiting.push(...intents.filter(({ op }) => op !== 'look'))
  }

  /** All that have come, in their order; once the nodes are known. A hand-over ends the term. */
  async carryOut(): Promise<void> {
    for (let wish = this.#waiting.shift(); wish !== undefined; wish = this.#waiting.shift()) await this.#carryOut(wish)
  }

  async #carryOut({ op, nodeId = '', value, reason }: Intent): Promise<void> {
    const node = this.#book.named(nodeId)
    if (node === null) return this.#tell(`There is no node ${nodeId} any more.`)
    switch (op) {
      case 'look': return
      case 'drain': return this.#orders.change(node.id, node.boot, { drained: true })
      case 'resume': return this.#orders.change(node.id, node.boot, { drained: false })
      case 'set-priority': return this.#orders.change(node.id, node.boot, { priority: value ?? null })
      case 'mark-lost': return this.#book.writeOff(nodeId) ? undefined : this.#tell(`${node.name} is alive. Drain it to take its load away.`)
      case 'make-master': return this.#handOver(node, reason)
      default: return op satisfies never
    }
  }

  /** The one that was asked for first, then those that would be chosen anyway. */
  async #handOver(node: NodeInfo, reason: string | undefined): Promise<void> {
    const { cluster, term, workDriver } = this.#deps
    const self = workDriver.info.id
    if (node.id === self) return
    if (node.role !== 'auto' || node.priority <= 0 || this.#book.fate(node.id, node.boot) !== 'here') return this.#tell(`${node.name} cannot be master.`)
    const { deputies, considered } = succession(this.#book.sightings(), self)
    const names = new Map(this.#book.known().map(({ id, name }) => [id, name]))
    const log = considered.map((each) => ({ ...each, name: names.get(each.nodeId) ?? each.nodeId, chosen: each.nodeId === node.id, ...(each.nodeId === node.id ? { why: `asked for: ${each.why}`, said: [{ key: 'succession.asked', params: {} }, ...(each.said ?? [])] } : {}) }))
    await cluster.sentinels.handover(term.lease, [node.id, ...deputies.filter((id) => id !== node.id)], log, reason)
    term.fenced()
  }

  #tell(text: string): void {
    this.#deps.onNotice({ id: 'wish', level: 'info', text })
  }
}
