const FIRST_PAUSE_MS = 5
/** A dead target is asked ten times a second: soon enough to see it come back, too seldom to burn a core. */
const LONGEST_PAUSE_MS = 100

/**
 * How many connections may be begun now. Two bounds: `perTurn` in one turn of the event loop, so that a stall does not
 * become a storm of connects; and a growing pause once `perTurn` attempts in a row have failed.
 */
export class ConnectBudget {
  private readonly perTurn: number
  private left: number
  private failures = 0
  private pausedUntil = 0

  constructor(perTurn: number) {
    this.perTurn = Math.max(1, perTurn)
    this.left = this.perTurn
  }

  /** May one more be begun? No: not in this turn, or not before the pause is over. */
  mayTake(now: number, connecting: number): boolean {
    if (this.left === 0 || now < this.pausedUntil) return false
    return !this.failing || connecting === 0
  }

  take(): void {
    this.left--
  }

  /** A new turn of the event loop began. */
  refill(): void {
    this.left = this.perTurn
  }

  /** True while attempts fail one after another: then one at a time probes the target. */
  get failing(): boolean {
    return this.failures >= this.perTurn
  }

  failed(now: number): void {
    this.failures++
    if (this.failing) this.pausedUntil = now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(10, this.failures - this.perTurn))
  }

  succeeded(): void {
    this.failures = 0
    this.pausedUntil = 0
  }
}
