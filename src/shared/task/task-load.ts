import { compileLoad, endAfter, plannedTotal } from './load.ts'
import { parseDuration } from '../duration.ts'
import { longestThinkMs } from './steps.ts'
import { variablesUsed } from './template-problems.ts'
import type { LoadPlan } from './load.ts'
import type { TaskSpec } from './task.ts'

/** The unique data of a task that is used up first. */
export interface ScarceData {
  name: string
  rows: number
}

/** Null for a task that uses no unique data. */
export function scarceData(spec: Pick<TaskSpec, 'data' | 'request' | 'steps'>): ScarceData | null {
  const used = new Set(variablesUsed(spec).flatMap((variable) => (variable.kind === 'data' ? [variable.data] : [])))
  const unique = Object.entries(spec.data ?? {}).flatMap(([name, { mode, rows }]) => (mode === 'unique' && rows !== undefined && used.has(name) ? [{ name, rows }] : []))
  return unique.reduce<ScarceData | null>((least, data) => (least === null || data.rows < least.rows ? data : least), null)
}

/** What a task is to send. Where unique data would be used up before its end, it ends with them. Throws AppError `bad-input` for a load that would never end. */
export function taskLoad(spec: Pick<TaskSpec, 'data' | 'request' | 'steps' | 'stepOrder' | 'load'> & { transport: Pick<TaskSpec['transport'], 'timeout'> }): { load: LoadPlan; endsWith: ScarceData | null } {
  const load = compileLoad(spec.load, parseDuration(spec.transport.timeout) ?? undefined, longestThinkMs(spec))
  const scarce = scarceData(spec)
  if (scarce === null) return { load, endsWith: null }
  if (load.model === 'closed') return (load.requests ?? Infinity) <= scarce.rows ? { load, endsWith: null } : { load: { ...load, requests: scarce.rows }, endsWith: scarce }
  return plannedTotal(load.profile) <= scarce.rows ? { load, endsWith: null } : { load: { ...load, profile: endAfter(load.profile, scarce.rows) }, endsWith: scarce }
}
