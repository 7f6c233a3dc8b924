import { AppError } from '../../shared/errors.ts'
import { reachedHosts } from '../../shared/task/target-hosts.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { App, AppOptions } from '../app.ts'
import { isClusterMeant, isNodeMeant } from './cluster-flags.ts'
import { languageOf, type Entries } from './context.ts'
import { exitCodeOf } from './exit-codes.ts'
import { openOutputs } from './outputs.ts'
import { openProgress } from './progress.ts'
import type { RunFlags } from './run-flags.ts'
import { RunWatch } from './run-watch.ts'
import { followSignals } from './signals.ts'
import { readTask } from './task-input.ts'

/**
 * `stampede run`: one task on this machine, through the same way as everywhere: task → manifest → engine.
 * Result on stdout, progress on stderr. Resolves with the exit code.
 */
export async function run(target: string | undefined, flags: RunFlags, entries: Entries): Promise<number> {
  return execute(async () => {
    const { spec, warnings } = await readTask(target, flags)
    for (const warning of warnings) process.stderr.write(`warning: ${warning.path}: ${warning.message}${warning.hint === undefined ? '' : ` ${warning.hint}`}\n`)
    return spec
  }, flags, entries)
}

/** Reads a task and runs it to its end. Also the body of `demo`. */
export async function execute(read: () => Promise<TaskSpec>, flags: RunFlags, entries: Entries): Promise<number> {
  const outputs = openOutputs(flags)
  return withApp(flags, entries, read, async (app, spec) => follow(app, (await app.api['task.create']({ spec })).id, flags, outputs))
}

/** Runs a stored task to its end. */
export async function executeTask(taskId: string, flags: RunFlags, entries: Entries): Promise<number> {
  return withApp(flags, entries, async () => taskId, (app) => follow(app, taskId, flags, openOutputs(flags)))
}

/** Threads start while the task is read: the first request leaves that much sooner. */
export async function withApp<T extends TaskSpec | string>(flags: RunFlags, entries: Entries, read: () => Promise<T>, use: (app: App, task: T) => Promise<number>): Promise<number> {
  const threads = parseThreads(flags.threads)
  const { startAhead } = await import('../ahead.ts')
  const ahead = startAhead(entries)
  try {
    const task = await read()
    const [place, { createApp }] = [await placeOf(flags, typeof task === 'string' ? null : task), await import('../app.ts')]
    const app = await createApp({ entries, ahead, threads, allowSaturated: flags.allowSaturated === true, targetConsent: true, ...place, ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }) })
    try {
      if (app.address !== null) await (await import('./gather.ts')).gather(app, parseWorkers(flags.workers))
      return await use(app, task)
    } finally {
      await app.close()
    }
  } finally {
    ahead.close()
  }
}

/** In elections: it ends with its run, so others lead better. */
const PRIORITY = 3

/** The cluster, where one is set and `--local` does not force the run onto this machine. Who types a target allows this node to load it. */
async function placeOf(flags: RunFlags, spec: TaskSpec | null): Promise<Pick<AppOptions, 'cluster' | 'priority'>> {
  if (flags.local === true && flags.redis !== undefined) throw new AppError('bad-input', '--local and --redis exclude each other.', { hint: 'Give one of them.' })
  const meant = (flags.local !== true && isClusterMeant(flags)) || isNodeMeant(flags)
  const cluster = meant ? await (await import('./cluster-choice.ts')).clusterOf(flags) : null
  if (cluster === null || cluster.redis === null || flags.local === true) {
    if (flags.workers === undefined || flags.local === true) return cluster === null ? {} : { cluster: { ...cluster, redis: null } }
    throw new AppError('bad-input', '--workers needs a cluster.', { hint: 'Give the address of its Redis: --redis redis://host:6379, or STAMPEDE_REDIS_URL.' })
  }
  const { node } = cluster
  const typed = spec === null ? [] : reachedHosts(spec).map(({ host }) => host)
  return { cluster: { ...cluster, node: { ...node, allowHosts: [...node.allowHosts, ...typed] } }, priority: PRIORITY }
}

function parseWorkers(value: string | undefined): number {
  const workers = Number(value ?? 0)
  if (Number.isInteger(workers) && workers >= 0 && workers <= 10_000) return workers
  throw new AppError('bad-input', `--workers: "${value}" is no number of workers.`, { hint: 'Write how many other load nodes there must be, from 0.' })
}

/** `--threads`; 0: the engine chooses. */
export function parseThreads(value: string | undefined): number {
  if (value === undefined) return 0
  const threads = Number(value)
  if (Number.isInteger(threads) && threads >= 1 && threads <= 256) return threads
  throw new AppError('bad-input', `--threads: "${value}" is no number of threads.`, { hint: 'Write a whole number from 1 to 256.' })
}

/** What shows the run is loaded after it was started: the first request waits for nothing that it does not need. */
async function follow(app: App, taskId: string, flags: RunFlags, outputs: ReturnType<typeof openOutputs>): Promise<number> {
  const language = languageOf(flags.lang)
  const stop = (): Promise<unknown> => app.api['task.stop']({ id: taskId })
  const { spec } = await app.api['task.get']({ id: taskId })
  // Read beforehand: a baseline that is not there must cost no run.
  const baseline = flags.baseline === undefined ? null : await (await import('./baseline.ts')).readBaseline(flags.baseline, spec.name, app.api)
  const watch = new RunWatch(app, taskId)
  const signals = followSignals(stop)
  try {
    const { runId } = await app.api['task.start']({ id: taskId })
    const progress = await openProgress({ quiet: flags.quiet === true, color: flags.color, language, setRate: (rate) => app.api['task.setRate']({ id: taskId, rate }), stop })
    const ended = watch.until(runId, language, {
      view(view) {
        progress.show(view)
      },
      point({ point }) {
        progress.point(point)
        outputs.point(point)
      },
      notice: (notice) => progress.notice(notice),
    })
    await Promise.race([ended, signals.cut]).finally(() => progress.close())
    const summary = await app.api['run.summary']({ id: runId })
    await outputs.summary({ summary, spec, baseline }, language, flags.color)
    return exitCodeOf(summary, signals.received())
  } finally {
    watch.close()
    signals.close()
  }
}
