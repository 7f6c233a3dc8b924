import { TopCounts } from './top-counts.ts'
import { urlPattern } from '../task/url-pattern.ts'

/** Where URLs are filed that would be one pattern too many. */
export const OTHER_URLS = 'other URLs'

export interface PatternCount {
  pattern: string
  count: number
  /** The most frequent of the URLs themselves. */
  originals: { url: string; count: number }[]
  /** URLs counted under the pattern that are not among the originals told. */
  others: number
}

const ROOM_PER_ORIGINAL = 4

/** Counts URLs by pattern: at most so many patterns, the rest in one line, and of each the most frequent originals. */
export class PatternBook {
  readonly #most: number
  readonly #originals: number
  readonly #patterns = new Map<string, TopCounts>()

  /** @param patterns lines at most, that of the others not among them. @param originals told of each. */
  constructor({ patterns = 200, originals = 5 }: { patterns?: number; originals?: number } = {}) {
    this.#most = patterns
    this.#originals = originals
  }

  /** The line that the URL was counted in. */
  add(url: string, count = 1): string {
    const pattern = urlPattern(url)
    const line = this.#patterns.has(pattern) || this.#lines < this.#most ? pattern : OTHER_URLS
    const counts = this.#patterns.get(line) ?? new TopCounts(this.#originals * ROOM_PER_ORIGINAL)
    this.#patterns.set(line, counts)
    counts.add(url, count)
    return line
  }

  /** Most frequent first, the others last. */
  get counts(): PatternCount[] {
    return [...this.#patterns].map(([pattern, counts]) => this.#lineOf(pattern, counts)).sort((a, b) => rank(a) - rank(b) || b.count - a.count)
  }

  get #lines(): number {
    return this.#patterns.size - (this.#patterns.has(OTHER_URLS) ? 1 : 0)
  }

  #lineOf(pattern: string, counts: TopCounts): PatternCount {
    const { texts, others } = counts.top(this.#originals)
    return { pattern, count: counts.total, originals: texts.map(({ text, count }) => ({ url: text, count })), others }
  }
}

function rank({ pattern }: PatternCount): number {
  return pattern === OTHER_URLS ? 1 : 0
}
