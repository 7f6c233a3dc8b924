import { parseTaskSpec } from '../../shared/task/task-schema.ts'
import { AppError } from '../../shared/errors.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { Entries } from './context.ts'
import type { RunFlags } from './run-flags.ts'
import { readTask } from './task-input.ts'
import { execute } from './run.ts'
import { serveDemoTarget } from '../demo/target.ts'
import { startDemoTarget } from '../demo/spawn.ts'
import { demoSpec } from '../../shared/task/demo-task.ts'

/** `stampede demo`: the main job without a target of one's own. Flags lie over the demo task. */
export async function demo(flags: RunFlags, entries: Entries): Promise<number> {
  const target = await startDemoTarget(entries.cli)
  try {
    return await execute(() => demoTask(target.url, flags), flags, entries)
  } finally {
    target.close()
  }
}

async function demoTask(url: string, flags: RunFlags): Promise<TaskSpec> {
  const base = demoSpec(url)
  const own = [flags.rate, flags.stage, flags.connections, flags.requests].some((flag) => flag !== undefined)
  const load = own ? {} : { rate: String(base.load.rate), duration: flags.duration ?? base.load.duration ?? '30s' }
  const { spec } = await readTask(url, { ...flags, ...load })
  return withDemoThresholds(spec, base.thresholds, flags)
}

function withDemoThresholds(spec: TaskSpec, thresholds: string[], flags: RunFlags): TaskSpec {
  const parsed = parseTaskSpec({ ...spec, name: flags.name ?? 'demo', thresholds: flags.threshold ?? thresholds })
  if (!parsed.ok) throw new AppError('bad-input', 'The demo task has problems:', { problems: parsed.problems })
  return parsed.value
}

/** The hidden command that serves the target; ends when its stdin closes. */
export async function serveTarget(): Promise<number> {
  const port = await serveDemoTarget()
  process.stdout.write(`${port}\n`)
  process.on('SIGINT', () => undefined)
  await new Promise((resolve) => process.stdin.once('close', resolve).resume())
  process.exit(0)
}
