import type { Command } from 'commander'
import { maskProxy, maskSpec } from '../../shared/task/mask-spec.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import { clusterSources } from '../config/cluster.ts'
import { placesOf } from './cluster-choice.ts'
import type { RunFlags } from './run-flags.ts'
import { readTask } from './task-input.ts'

const SOURCES: Record<string, string> = { cli: 'flag', env: 'environment', default: 'default' }

/** Told with what environment and configuration say of them. */
const CLUSTER = new Set(['redis', 'namespace', 'secretFile', 'redisCa', 'nodeName', 'priority', 'allowHost', 'maxRate', 'maxDuration', 'nodeMaxInFlight', 'stopAtErrors', 'rebalance', 'strategy'])

/** `run --explain`: every value and where it comes from (flag > environment > task file > default). Sends nothing. */
export async function explain(target: string | undefined, command: Command): Promise<number> {
  const flags: RunFlags = command.opts()
  const { spec } = await readTask(target, flags)
  for (const option of command.options.filter((candidate) => !candidate.hidden)) {
    const name = option.attributeName()
    const value: unknown = command.getOptionValue(name)
    const source = command.getOptionValueSource(name)
    if (value !== undefined && name !== 'explain' && !CLUSTER.has(name)) process.stdout.write(`${option.long ?? option.flags} = ${JSON.stringify(name === 'proxy' ? maskProxy(value as string) : value)}  (${SOURCES[source ?? ''] ?? source ?? 'default'})\n`)
  }
  for (const { name, value, source } of clusterSources(await placesOf(flags))) process.stdout.write(`${name} = ${value}  (${source})\n`)
  const { stringify } = await import('yaml')
  process.stdout.write(`\nThe task that would run (what no flag gave comes from ${target?.includes('://') === false ? 'the task file or ' : ''}the defaults):\n\n${stringify(readable(maskSpec(spec)))}`)
  return 0
}

/** A descriptor is nothing that anybody reads. */
function readable(spec: TaskSpec): Partial<TaskSpec> {
  const { request, ...withSteps } = spec
  if (spec.steps !== undefined) return withSteps
  const { descriptor } = request
  return descriptor === undefined ? spec : { ...spec, request: { ...spec.request, descriptor: `(${descriptor.length} characters)` } }
}
