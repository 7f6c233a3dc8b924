import type { Api } from '../../shared/contract/contract.ts'
import type { RunFilter } from '../../shared/results/run-filter.ts'
import type { RunBundle } from '../../shared/results/run-bundle.ts'
import type { Run, RunView } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import { masked } from '../../shared/task/mask-spec.ts'
import { matchesFilter } from '../../shared/results/run-filter.ts'
import { BUNDLE_SCHEMA, parseRunBundle } from '../../shared/results/run-bundle.ts'
import type { ApiParts } from './parts.ts'
import type { Stops } from './stops.ts'
import { maskedView, viewOfPending, viewOfStored } from './run-view.ts'

type RunCommand = Exclude<Extract<keyof Api, `run.${string}`>, 'run.report' | 'run.compare' | 'run.setBaseline' | 'run.annotate'>
type Parts = Pick<ApiParts, 'tasks' | 'live' | 'keepRun'>

const DEFAULT_LIMIT = 200

/** Reading runs. What is live (or has just ended) comes from the cluster, the rest from the store. */
export function runCommands(parts: Parts, stops: Stops): Pick<Api, RunCommand> {
  const { tasks, live } = parts
  return {
    'run.list': async (filter) => (await list(parts, filter)).map(masked),
    'run.get': async ({ id }) => maskedView(live.view(id) ?? (await storedView(parts, id)) ?? (await pendingView(parts, id)) ?? unknown(id)),
    'run.points': async ({ id, afterMs = 0 }) => {
      const known = await live.points(id, afterMs)
      if (known !== null) return { points: known.points, events: known.events }
      const [points, events] = await Promise.all([tasks.points(id), tasks.events(id)])
      return { points: points.filter((point) => point.atMs > afterMs), events }
    },
    'run.summary': async ({ id }) => live.summary(id) ?? (await tasks.summary(id)) ?? (await noSummary(parts, id)),
    'run.export': ({ id }) => bundleOf(parts, id),
    'run.import': async ({ text }) => {
      const { run, summary } = parseRunBundle(text)
      return { id: run.id, known: !(await parts.keepRun(run, summary)) }
    },
    'run.delete': async ({ id }) => {
      await tasks.deleteRun(id)
      return {}
    },
    'run.stopAll': () => stops.stopAll(),
  }
}

async function bundleOf(parts: Parts, id: string): Promise<RunBundle> {
  const run = (await parts.tasks.run(id)) ?? unknown(id)
  const summary = (await parts.tasks.summary(id)) ?? (await noSummary(parts, id))
  return { schema: BUNDLE_SCHEMA, run: masked(run), summary }
}

/** Newest first. A live run is shown as it is now, also when the store could not note it. */
async function list({ tasks, live }: Parts, filter: RunFilter): Promise<Run[]> {
  const stored = await tasks.runs(filter)
  const current = new Map(live.views().map(({ run }) => [run.id, run]))
  const runs = stored.map((run) => (run.endedAt === null ? (current.get(run.id) ?? run) : run))
  const known = new Set(stored.map(({ id }) => id))
  const unstored = [...current.values()].filter((run) => run.endedAt === null && !known.has(run.id) && matchesFilter(run, filter))
  return [...unstored, ...runs].sort((a, b) => b.startedAt - a.startedAt).slice(0, filter.limit ?? DEFAULT_LIMIT)
}

async function storedView({ tasks }: Parts, id: string): Promise<RunView | null> {
  const run = await tasks.run(id)
  return run === null ? null : viewOfStored(run, await tasks.summary(id))
}

/** Between `task.start` and the master's first step a run is only a wish of its task. */
async function pendingView({ tasks }: Parts, id: string): Promise<RunView | null> {
  const task = (await tasks.tasks()).find(({ runId }) => runId === id)
  return task === undefined ? null : viewOfPending(task, id)
}

async function noSummary(parts: Parts, id: string): Promise<never> {
  const view = parts.live.view(id) ?? (await storedView(parts, id)) ?? (await pendingView(parts, id))
  if (view === null) return unknown(id)
  throw new AppError('conflict', 'This run has no summary yet: it is still going.', { hint: 'Wait for its end, or stop its task.' })
}

function unknown(id: string): never {
  throw new AppError('not-found', `There is no run ${id}.`)
}
