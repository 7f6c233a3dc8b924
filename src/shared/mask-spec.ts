import type { TaskSpec } from './task.ts'

export const MASK = '•••'

/** A task as it may be shown and handed on: without what came from the environment, where secrets are kept. */
export function maskSpec(spec: TaskSpec): TaskSpec {
  return spec.env === undefined ? spec : { ...spec, env: masked(spec.env) }
}

function masked(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, MASK]))
}
