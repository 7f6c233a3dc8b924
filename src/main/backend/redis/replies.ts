import type { Guarded } from '../guarded.ts'

/** What scripts answer, as what it means. Redis may hold anything: what is not as it should be becomes empty, never an exception. */

export function textOf(reply: unknown): string {
  return typeof reply === 'string' ? reply : typeof reply === 'number' ? String(reply) : ''
}

export function listOf(reply: unknown): unknown[] {
  return Array.isArray(reply) ? reply : []
}

/** A whole number that is exact; 0 for anything else. */
export function numberOf(reply: unknown): number {
  const value = Number(textOf(reply) || 0)
  return Number.isSafeInteger(value) ? value : 0
}

/** A flat list of names and values. */
export function pairsOf(reply: unknown): [string, unknown][] {
  const flat = listOf(reply)
  return Array.from({ length: Math.floor(flat.length / 2) }, (_, index) => [textOf(flat[2 * index]), flat[2 * index + 1]])
}

export interface StreamEntry {
  id: string
  fields: Map<string, string>
}

/** The form of XRANGE. */
export function entriesOf(reply: unknown): StreamEntry[] {
  return listOf(reply).map((entry) => {
    const [id, fields] = listOf(entry)
    return { id: textOf(id), fields: new Map(pairsOf(fields).map(([name, value]) => [name, textOf(value)])) }
  })
}

/** The id that follows next. */
export function idAfter(id: string): string {
  const [ms = '0', seq = '0'] = id.split('-')
  return `${ms}-${BigInt(seq) + 1n}`
}

/** Whether a stream id comes before another one. */
export function comesBefore(id: string, other: string): boolean {
  const [[ms = 0, seq = 0], [otherMs = 0, otherSeq = 0]] = [id.split('-').map(Number), other.split('-').map(Number)]
  return ms < otherMs || (ms === otherMs && seq < otherSeq)
}

export function isStreamId(text: string): boolean {
  return /^\d{1,19}-\d{1,19}$/.test(text)
}

/** The answer of a guarded script: `{'ok', …}` or `{'fenced', epoch | '', node | ''}`. */
export function guardedOf<T>(reply: unknown, read: (rest: unknown[]) => T): Guarded<T> {
  const [outcome, ...rest] = listOf(reply)
  if (outcome === 'ok') return { ok: true, value: read(rest) }
  const [epoch, nodeId] = rest
  return { ok: false, fenced: numberOf(epoch) === 0 ? null : { epoch: numberOf(epoch), nodeId: textOf(nodeId) } }
}
