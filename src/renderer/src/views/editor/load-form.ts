import type { LoadSpec, StageSpec } from '../../../../shared/task/task.ts'
import { parseDuration } from '../../../../shared/duration.ts'

/** The load as the editor offers it: a shape with a few texts. */
export type LoadShape = 'constant' | 'ramp' | 'steps' | 'spike' | 'custom'

export interface LoadForm {
  /** By rate (open model) or by connections (closed model). */
  model: 'open' | 'closed'
  shape: LoadShape
  rate: string
  duration: string
  ramp: string
  connections: string
  /** Total count; instead of a duration where it is not empty. */
  requests: string
  steps: { target: string; hold: string }[]
  spike: { base: string; peak: string; before: string; length: string; after: string }
  stages: { duration: string; target: string }[]
  /** Empty: automatic. */
  maxInFlight: string
  warmup: string
  arrivals: 'uniform' | 'poisson'
}

export function loadForm(load: LoadSpec): LoadForm {
  const stages = load.stages ?? []
  const peak = Math.max(load.rate ?? 0, ...stages.map(({ target }) => target)) || 100
  return {
    model: load.rate === undefined && load.stages === undefined ? 'closed' : 'open',
    shape: shapeOf(load),
    rate: String(load.rate ?? peak),
    duration: load.duration ?? (load.requests === undefined ? lengthOf(stages) : ''),
    ramp: load.ramp ?? '10s',
    connections: load.connections === undefined ? '' : String(load.connections),
    requests: load.requests === undefined ? '' : String(load.requests),
    steps: stepsOf(stages) ?? [1, 2, 3].map((n) => ({ target: String((peak * n) / 2), hold: '10s' })),
    spike: spikeOf(stages) ?? { base: String(peak), peak: String(peak * 4), before: '10s', length: '5s', after: '15s' },
    stages: stages.length > 0 ? stages.map(({ duration, target }) => ({ duration, target: String(target) })) : customFrom(load, peak),
    maxInFlight: load.maxInFlight === undefined ? '' : String(load.maxInFlight),
    warmup: load.warmup ?? '',
    arrivals: load.arrivals ?? 'uniform',
  }
}

/** What goes to the parser: only the fields of the chosen shape. */
export function loadInput(form: LoadForm): Record<string, unknown> {
  const common = given({ maxInFlight: form.maxInFlight, warmup: form.warmup, arrivals: form.arrivals === 'uniform' ? '' : form.arrivals })
  if (form.model === 'closed') return { connections: form.connections, ...ending(form), ...common }
  const open = { ...common, ...given({ connections: form.connections }) }
  switch (form.shape) {
    case 'constant': return { rate: form.rate, ...ending(form), ...open }
    case 'ramp': return { rate: form.rate, duration: form.duration, ramp: form.ramp, ...open }
    case 'steps': return { stages: form.steps.flatMap(({ target, hold }) => [{ duration: '0s', target }, { duration: hold, target }]), ...open }
    case 'spike': return { stages: spikeStages(form.spike), ...open }
    case 'custom': return { stages: form.stages, ...open }
  }
}

function ending({ duration, requests }: LoadForm): Record<string, unknown> {
  return requests === '' ? { duration } : given({ duration, requests })
}

function spikeStages({ base, peak, before, length, after }: LoadForm['spike']): { duration: string; target: string }[] {
  const hold = (target: string, duration: string) => [{ duration: '0s', target }, { duration, target }]
  return [...hold(base, before), ...hold(peak, length), ...hold(base, after)]
}

function shapeOf(load: LoadSpec): LoadShape {
  if (load.stages === undefined) return load.ramp === undefined ? 'constant' : 'ramp'
  if (spikeOf(load.stages) !== null) return 'spike'
  return stepsOf(load.stages) === null ? 'custom' : 'steps'
}

/** Pairs of a jump and a hold at the same target; null for any other course. */
function stepsOf(stages: readonly StageSpec[]): LoadForm['steps'] | null {
  if (stages.length === 0 || stages.length % 2 !== 0) return null
  const steps: LoadForm['steps'] = []
  for (let i = 0; i < stages.length; i += 2) {
    const [jump, hold] = [stages[i], stages[i + 1]]
    if (jump === undefined || hold === undefined || parseDuration(jump.duration) !== 0 || jump.target !== hold.target) return null
    steps.push({ target: String(hold.target), hold: hold.duration })
  }
  return steps
}

/** Three steps: low, high, and low again. */
function spikeOf(stages: readonly StageSpec[]): LoadForm['spike'] | null {
  const steps = stepsOf(stages)
  const [first, middle, last] = steps ?? []
  if (steps?.length !== 3 || first === undefined || middle === undefined || last === undefined) return null
  if (first.target !== last.target || Number(middle.target) <= Number(first.target)) return null
  return { base: first.target, peak: middle.target, before: first.hold, length: middle.hold, after: last.hold }
}

function customFrom(load: LoadSpec, peak: number): LoadForm['stages'] {
  return [{ duration: '10s', target: String(peak) }, { duration: load.duration ?? '20s', target: String(peak) }, { duration: '10s', target: '0' }]
}

function lengthOf(stages: readonly StageSpec[]): string {
  const ms = stages.reduce((sum, { duration }) => sum + (parseDuration(duration) ?? 0), 0)
  return ms === 0 ? '30s' : `${String(ms / 1000)}s`
}

/** Only what was filled in. */
function given(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text.trim() !== ''))
}
