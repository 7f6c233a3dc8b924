import { refusal, shorten } from './import-notes.ts'

/** Which of many requests to take: `GET /orders`, `/orders/*`, `POST https://auth.example.com/*`, `listOrders`. */
export interface Selectable {
  method: string
  /** Without query. */
  url: string
  /** Path as the document writes it, e.g. `/orders/{id}`. */
  path: string
  name: string
}

export class Selection {
  readonly #patterns: { written: string; method: string | null; glob: string; hits: number }[]

  /** Empty patterns select everything. */
  constructor(patterns: readonly string[] = []) {
    this.#patterns = patterns.map((written) => {
      const [, method, glob = ''] = /^(?:([A-Za-z]+)\s+)?(\S[^]*)$/.exec(written.trim()) ?? []
      return { written, method: method?.toUpperCase() ?? null, glob, hits: 0 }
    })
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0
  }

  /** Whether somebody wants it. */
  takes(request: Selectable): boolean {
    if (this.isEmpty) return true
    const fitting = this.#patterns.filter((pattern) => pattern.written.trim() === request.name || ((pattern.method ?? request.method) === request.method && [request.url, request.path, request.name].some((text) => matches(pattern.glob, text))))
    for (const pattern of fitting) pattern.hits += 1
    return fitting.length > 0
  }

  /** Throws AppError `bad-input` for patterns that nothing fits. @param known what there is to select. */
  mustHaveHit(known: readonly Selectable[]): void {
    const missed = this.#patterns.find(({ hits }) => hits === 0)
    if (missed === undefined) return
    const shown = known.slice(0, 8).map(({ method, path }) => `${method} ${shorten(path)}`).join(', ')
    throw refusal(`Nothing in the file fits the selection ${shorten(missed.written)}.`, shown === '' ? 'There are no requests in it.' : `There are: ${shown}${known.length > 8 ? ` and ${known.length - 8} more` : ''}.`, 'select')
  }
}

/** `*` stands for any text. Piece by piece, so that no pattern can stall. */
function matches(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*')
  if (rest.length === 0) return text === first
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return at <= text.length - last.length
}
