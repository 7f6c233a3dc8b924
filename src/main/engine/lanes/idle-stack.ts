/** What can lie on an {@link IdleStack}; the links belong to the stack. */
export interface Stackable {
  above: this | null
  below: this | null
}

/**
 * Idle connections, last in first out, so that the fewest are kept warm and the rest may be closed by the server.
 * The links live in the connections: pushing, popping and taking one out of the middle cost no memory and no search.
 */
export class IdleStack<T extends Stackable & { above: T | null; below: T | null }> {
  private top: T | null = null
  private count = 0

  get size(): number {
    return this.count
  }

  push(item: T): void {
    item.below = this.top
    if (this.top !== null) this.top.above = item
    this.top = item
    this.count++
  }

  pop(): T | null {
    const item = this.top
    if (item !== null) this.remove(item)
    return item
  }

  /** Takes an item out; nothing happens when it is not on the stack. */
  remove(item: T): void {
    if (item.above === null && this.top !== item) return
    if (item.above === null) this.top = item.below
    else item.above.below = item.below
    if (item.below !== null) item.below.above = item.above
    item.above = null
    item.below = null
    this.count--
  }
}
