/**
 * The most frequent texts of a stream in bounded memory (Space-Saving, Metwally, Agrawal and El Abbadi 2005): of N texts
 * counted, every one that came more than N / `room` times is among them. What is told of a text is never more than
 * it came, and what is not told of any is told as the rest: nothing is lost.
 */
export class TopCounts {
  #total = 0
  readonly #room: number
  /** `error`: by how much the count may be too high, as its place was another's before. */
  readonly #counts = new Map<string, { count: number; error: number }>()

  /** @param room texts held at once, at least 1. */
  constructor(room: number) {
    this.#room = Math.max(1, room)
  }

  get total(): number {
    return this.#total
  }

  add(text: string, count = 1): void {
    this.#total += count
    const known = this.#counts.get(text)
    if (known !== undefined) known.count += count
    else if (this.#counts.size < this.#room) this.#counts.set(text, { count, error: 0 })
    else this.#replaceLeast(text, count)
  }

  /** The `most` most frequent, first the most; and how many came besides. */
  top(most: number): { texts: { text: string; count: number }[]; others: number } {
    const sure = [...this.#counts].map(([text, { count, error }]) => ({ text, count: count - error }))
    const texts = sure.sort((a, b) => b.count - a.count).slice(0, most)
    return { texts, others: this.#total - texts.reduce((sum, { count }) => sum + count, 0) }
  }

  #replaceLeast(text: string, count: number): void {
    let least = ''
    let error = Infinity
    for (const [candidate, held] of this.#counts) if (held.count < error) [least, error] = [candidate, held.count]
    this.#counts.delete(least)
    this.#counts.set(text, { count: error + count, error })
  }
}
