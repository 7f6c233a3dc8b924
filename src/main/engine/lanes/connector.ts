import { routeTo } from '../../../shared/task/route.ts'
import type { CompiledRequest } from './compiled-request.ts'
import { ConnectBudget } from './connect-budget.ts'
import { createDial } from './dial.ts'
import type { Dial } from './dial.ts'
import type { LaneOptions } from './lane.ts'
import { Resolver } from './resolver.ts'
import type { Address } from './resolver.ts'
import { describeSocketError, isAboutAddress } from './socket-errors.ts'
import type { Failure } from './socket-errors.ts'

export interface ConnectorOwner {
  /** An attempt begins; it is to be over by `deadline`. */
  connect(dial: Dial, address: Address, now: number, deadline: number): void
  /** The name of the target could not be resolved. */
  unreachable(failure: Failure): void
  /** Addresses are known, or a new turn began: more may be opened. */
  mayOpen(): void
}

/** Where to, and what ALPN is to offer (nothing for protocols that have no name there). */
export interface Destination extends Pick<CompiledRequest, 'secure' | 'host' | 'port' | 'tls' | 'routes'> {
  alpn: readonly string[]
}

/** While another address is left, one that does not answer must not use up the whole time of a request. */
const ATTEMPT_MS = 1_000

/** Opens connections: to which address, how many in this turn, and when again after a failure. Throws AppError `bad-input` for an unusable certificate. */
export class Connector {
  /** Attempts under way. */
  connecting = 0
  /** Why the last attempt failed; null once one succeeded. */
  lastFailure: Failure | null = null

  private readonly owner: ConnectorOwner
  private readonly dial: Dial
  private readonly timeoutMs: number
  private readonly resolver: Resolver
  private readonly budget: ConnectBudget
  private turn: NodeJS.Immediate | null = null
  private closed = false

  constructor(owner: ConnectorOwner, destination: Destination, options: LaneOptions) {
    this.owner = owner
    const route = routeTo(destination.routes ?? {}, destination.host, destination.port)
    this.dial = createDial(destination, destination.alpn, route.port)
    this.timeoutMs = options.timeoutMs
    this.budget = new ConnectBudget(options.connectsPerTurn)
    this.resolver = new Resolver(route.addresses ?? route.host, (error) => this.resolved(error))
  }

  /** True while the name of the target is being looked up and no address is known. */
  get resolving(): boolean {
    return this.resolver.waiting
  }

  /** Begins attempts until `wanted` are under way or a bound is met. */
  open(wanted: number): void {
    while (this.connecting < wanted && !this.closed) {
      const now = performance.now()
      if (!this.budget.mayTake(now, this.connecting)) return
      const address = this.resolver.next()
      if (address === null) return
      this.budget.take()
      this.awaitTurn()
      const candidates = this.resolver.candidates
      const attemptMs = candidates > 1 ? Math.min(ATTEMPT_MS, this.timeoutMs / candidates) : this.timeoutMs
      this.connecting++
      this.owner.connect(this.dial, address, now, now + attemptMs)
    }
  }

  /** Ms of a name lookup that this connection waited for, else NaN. */
  succeeded(address: Address): number {
    this.connecting--
    this.lastFailure = null
    this.budget.succeeded()
    this.resolver.worked(address)
    return this.resolver.takeLookupMs()
  }

  /** False: another address of the target is worth a try, so nothing has failed yet. @param error null: given up after its time. */
  failed(address: Address, failure: Failure, error: NodeJS.ErrnoException | null): boolean {
    this.connecting--
    if (isAboutAddress(error) && this.resolver.failed(address)) return false
    this.lastFailure = failure
    this.budget.failed(performance.now())
    return true
  }

  /** An attempt was given up without a verdict on the target. */
  abandoned(): void {
    this.connecting--
  }

  /** Nothing is opened afterwards. */
  close(): void {
    this.closed = true
    if (this.turn !== null) clearImmediate(this.turn)
    this.turn = null
  }

  /** One immediate per turn in which something was opened, none otherwise. */
  private awaitTurn(): void {
    this.turn ??= setImmediate(() => {
      this.turn = null
      this.budget.refill()
      this.owner.mayOpen()
    })
  }

  private resolved(error: NodeJS.ErrnoException | null): void {
    if (error === null) return this.owner.mayOpen()
    this.lastFailure = describeSocketError(error, true)
    this.owner.unreachable(this.lastFailure)
  }
}
