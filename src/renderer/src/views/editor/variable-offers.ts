import { knownNames } from '../../../../shared/task/template-problems.ts'
import type { TaskSpec } from '../../../../shared/task/task.ts'

/** An unfinished `{{na` before the caret. */
export interface OpenBraces {
  /** Where the braces begin. */
  from: number
  typed: string
}

export interface Offer {
  /** Between the braces. */
  name: string
  /** Where it comes from; empty: made for each iteration. */
  source: 'data' | 'vars' | 'env' | 'step' | 'made'
}

const MADE = ['seq', 'uuid', 'int 1 100', 'now', 'now iso']

export function openBraces(text: string, caret: number): OpenBraces | null {
  const match = /\{\{\s*([\w.-]*)$/.exec(text.slice(0, caret))
  return match === null ? null : { from: match.index, typed: match[1] ?? '' }
}

/** Everything that could stand here, what begins as typed first. */
export function offersOf(task: Pick<TaskSpec, 'vars' | 'env' | 'data'>, extracted: readonly string[], typed: string): Offer[] {
  const { vars, env, data } = knownNames(task)
  const all: Offer[] = [
    ...extracted.map((name) => ({ name: `step.${name}`, source: 'step' as const })),
    ...Object.entries(data).flatMap(([name, columns]) => (columns ?? []).map((column) => ({ name: `${name}.${column}`, source: 'data' as const }))),
    ...vars.map((name) => ({ name: `vars.${name}`, source: 'vars' as const })),
    ...(env ?? []).map((name) => ({ name: `env.${name}`, source: 'env' as const })),
    ...MADE.map((name) => ({ name, source: 'made' as const })),
  ]
  const wanted = typed.toLowerCase()
  const found = all.filter(({ name }) => name.toLowerCase().includes(wanted))
  return found.sort((a, b) => Number(b.name.toLowerCase().startsWith(wanted)) - Number(a.name.toLowerCase().startsWith(wanted)))
}

/** The text with the braces filled in, and where the caret stands then. Closing braces that are there already are not doubled. */
export function withVariable(text: string, caret: number, { from }: OpenBraces, name: string): { text: string; caret: number } {
  const before = `${text.slice(0, from)}{{${name}}}`
  const after = text.slice(caret).replace(/^\s*\}\}/, '')
  return { text: before + after, caret: before.length }
}
