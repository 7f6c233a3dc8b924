import type { CapacityBounds, CapacityHold } from './capacity.ts'
import { rate } from '../format.ts'
import type { Sentence } from '../locales/sentence.ts'

/** While a search goes on. @param perSecond the rate that is held. */
export function holding(perSecond: number): Sentence {
  return { key: 'capacity.holding', params: { rate: rate(perSecond) } }
}

/** The answer of a search that has come to its end. */
export function answer({ holds, failsAt, limitedBy }: CapacityBounds, tried: readonly CapacityHold[]): Sentence {
  if (limitedBy === 'generator') return generatorFirst(holds, tried)
  if (holds === null) return { key: 'capacity.none', params: { rate: rate(tried.at(-1)?.rate ?? null) } }
  if (failsAt === null) return { key: 'capacity.ceiling', params: { holds: rate(holds) } }
  return { key: 'capacity.found', params: { holds: rate(holds), failsAt: rate(failsAt) } }
}

/** Of a search that was ended before it knew. */
export function stopped({ holds }: CapacityBounds): Sentence {
  return holds === null ? { key: 'capacity.stopped.none', params: {} } : { key: 'capacity.stopped', params: { holds: rate(holds) } }
}

function generatorFirst(holds: number | null, tried: readonly CapacityHold[]): Sentence {
  const gave = rate(tried.at(-1)?.rate ?? null)
  return holds === null ? { key: 'capacity.generator.none', params: { rate: gave } } : { key: 'capacity.generator', params: { holds: rate(holds), rate: gave } }
}
