import type { Guarded } from '../guarded.ts'
import { listOf, numberOf, textOf } from './replies.ts'

/** The answer of a guarded script: `{'ok', …}` or `{'fenced', epoch | '', node | ''}`. */
export function guardedOf<T>(reply: unknown, read: (rest: unknown[]) => T): Guarded<T> {
  const [outcome, ...rest] = listOf(reply)
  if (outcome === 'ok') return { ok: true, value: read(rest) }
  const [epoch, nodeId] = rest
  return { ok: false, fenced: numberOf(epoch) === 0 ? null : { epoch: numberOf(epoch), nodeId: textOf(nodeId) } }
}
