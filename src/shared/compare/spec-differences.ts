import type { TaskSpec } from '../task/task.ts'

/** One place in which the tasks of compared runs differ. */
export interface SpecDifference {
  /** `request.url`, `load.rate`, `checks` … */
  path: string
  /** Per run, as short text; null where it is not there. */
  values: (string | null)[]
}

/** Names of tasks and tags do not change what is measured. */
const NO_MATTER = new Set(['schema', 'name', 'tags'])
const SHOWN = 120

/** What was set differently, before anything is measured: "only body.size changed". */
export function specDifferences(specs: readonly (TaskSpec | null)[]): SpecDifference[] {
  if (specs.some((spec) => spec === null)) return []
  const flat = specs.map((spec) => flatten(spec))
  const paths = [...new Set(flat.flatMap((one) => [...one.keys()]))].filter((path) => !NO_MATTER.has(path.split('.')[0] ?? ''))
  return paths
    .map((path) => ({ path, values: flat.map((one) => one.get(path) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ path, values }) => ({ path, values: values.map((value) => value && (value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)) }))
}

/** Objects by their fields; lists as one value, as a shifted list would differ everywhere. */
function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value === undefined ? into : into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  for (const [name, part] of Object.entries(value)) flatten(part, path === '' ? name : `${path}.${name}`, into)
  return into
}
