import type { EventName } from './contract.ts'

const names = { 'task:changed': true, 'run:changed': true, 'run:point': true, 'node:changed': true, 'cluster:changed': true, notice: true, 'capacity:changed': true } satisfies Record<EventName, true>

/** Every fact that a bridge has to carry; one that is missing here is a type error. */
export const EVENT_NAMES = Object.keys(names) as readonly EventName[]
