import { CapacitySearch, type CapacityView } from '../../shared/results/capacity.ts'
import { holding } from '../../shared/results/capacity-words.ts'
import type { Api, CapacityInput } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { Task, TaskSpec } from '../../shared/task/task.ts'
import { CapacityRun, LOOK_EVERY_MS, type HoldCommands } from './capacity-run.ts'
import type { ApiParts } from './parts.ts'
import { existing } from './task-commands.ts'

type CapacityCommand = Extract<keyof Api, `capacity.${string}`>

const KEY = 'capacity'
const KEPT = 20
const DEFAULT_HOLD_MS = 20_000
const DEFAULT_RATE = 100

/** Looking for capacity: one search at a time on this node; what was found is kept with the settings of this machine. */
export function capacityCommands(parts: ApiParts, commands: HoldCommands, lookEveryMs = LOOK_EVERY_MS): Pick<Api, CapacityCommand> {
  let current: CapacityRun | null = null
  /** The task is looked up before the search is there: meanwhile nobody else may begin one. */
  let beginning = false

  const stored = async (): Promise<CapacityView[]> => JSON.parse((await parts.settings.setting(KEY)) ?? '[]') as CapacityView[]
  const keep = async (view: CapacityView): Promise<void> => parts.settings.setSetting(KEY, JSON.stringify([view, ...(await stored())].slice(0, KEPT)))

  return {
    'capacity.start': async (input) => {
      if (beginning || current !== null) throw new AppError('conflict', 'A search for capacity is going on.', { hint: 'Stop it first, or wait for its end.' })
      beginning = true
      const task = await existing(parts.tasks, input.id).finally(() => (beginning = false))
      const search = new CapacitySearch(boundsOf(task.spec, input))
      const run = new CapacityRun(parts, commands, firstView(parts.newId(), task, input, search), search, lookEveryMs)
      current = run
      void run.run(task.spec).then(keep).catch((error: unknown) => process.emitWarning(error as Error)).finally(() => (current = null))
      return run.view
    },
    'capacity.stop': async ({ id }) => {
      if (current?.view.id !== id) throw new AppError('not-found', `No search ${id} is going on.`)
      await current.stop()
      return {}
    },
    'capacity.list': async () => [...(current === null ? [] : [current.view]), ...(await stored()).filter(({ id }) => id !== current?.view.id)],
  }
}

function boundsOf({ load }: TaskSpec, { fromRate, ceiling }: CapacityInput): ConstructorParameters<typeof CapacitySearch>[0] {
  const own = load.rate ?? Math.max(0, ...(load.stages ?? []).map(({ target }) => target))
  return { fromRate: fromRate ?? (own > 0 ? own : DEFAULT_RATE), ceiling: ceiling ?? null }
}

function firstView(id: string, { id: taskId, spec }: Task, { holdMs = DEFAULT_HOLD_MS }: CapacityInput, { next: rate, bounds }: CapacitySearch): CapacityView {
  return {
    id, taskId, taskName: spec.name, target: spec.request.url,
    thresholds: withLimits(spec.thresholds),
    holdMs,
    status: 'running', startedAt: Date.now(), holds: [], rate,
    bounds,
    sentence: holding(rate ?? 0),
  }
}

/** A rate that is not reached, or that fails, is not held, whatever else is asked of it. */
function withLimits(thresholds: readonly string[]): string[] {
  const has = (metric: string): boolean => thresholds.some((expression) => expression.startsWith(metric))
  return [...thresholds, ...(has('errors') ? [] : ['errors<1%']), ...(has('rate') ? [] : ['rate>=95%'])]
}
