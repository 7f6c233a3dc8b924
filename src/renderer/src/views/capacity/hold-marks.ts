import type { CapacityHold } from '../../../../shared/results/capacity.ts'
import type { Tone } from '../../composables/run-state.ts'
import type { TextKey } from '../../locales/index.ts'

/** Shape, tone and word of what became of a hold; never colour alone. */
export interface HoldMark {
  shape: string
  tone: Tone
  key: TextKey
}

const MARKS = {
  held: { shape: '✓', tone: 'ok', key: 'capacity.held' },
  failed: { shape: '✕', tone: 'bad', key: 'capacity.failed' },
  untrusted: { shape: '▲', tone: 'warn', key: 'capacity.untrusted' },
} as const satisfies Record<NonNullable<CapacityHold['outcome']>, HoldMark>

const HOLDING: HoldMark = { shape: '◐', tone: 'pending', key: 'capacity.holding' }

export function holdMark({ outcome }: CapacityHold): HoldMark {
  return outcome === null ? HOLDING : MARKS[outcome]
}
