import { randomUUID } from 'node:crypto'
import { parseTemplate } from '../../../shared/task/template-text.ts'
import type { TemplatePart, Variable } from '../../../shared/task/template-text.ts'
import { drawn } from './drawn.ts'
import type { DataCursor } from './data-cursor.ts'
import type { Credential } from './request-auth.ts'

/** One variable of a request, ready to say its value in iteration number n (1, 2, …). */
export interface VariableValue {
  text(n: number): string
}

/** Where the values of a task's variables come from. */
export interface ValueSources {
  vars: Readonly<Record<string, string>>
  env: Readonly<Record<string, string>>
  /** The same wherever the run executes, so that an iteration says the same whoever executes it. */
  seed: number
  data: ReadonlyMap<string, DataCursor>
  /** What steps have extracted in the iteration of which a request is being made; none by default. */
  step?: StepValues
  /** The token of OAuth 2.0 that holds now; none by default. */
  token?: () => string
}

/** Looked up by name once, when a template is compiled; the function then says the value of the present iteration. */
export type StepValues = (name: string) => () => string

const NOTHING: StepValues = () => () => ''

/** The value of a variable that is the same in every iteration; null for the others. */
export function constantOf(variable: Variable | Credential, sources: Pick<ValueSources, 'vars' | 'env'>): string | null {
  switch (variable.kind) {
    case 'vars': return sources.vars[variable.name] ?? ''
    case 'env': return sources.env[variable.name] ?? ''
    case 'basic': return constantBasic(variable.parts, sources)
    default: return null
  }
}

/** A text whose variables are the same in every iteration; null if one is not. */
export function constantText(text: string, { vars = {}, env = {} }: { vars?: Readonly<Record<string, string>>; env?: Readonly<Record<string, string>> }): string | null {
  const parsed = parseTemplate(text)
  if (!parsed.ok) return text
  const texts = parsed.parts.map((part) => (typeof part === 'string' ? part : constantOf(part, { vars, env })))
  return texts.includes(null) ? null : texts.join('')
}

/** @param place which of the task's variables it is: each draws numbers of its own. */
export function valueOf(variable: Variable | Credential, sources: ValueSources, place: number): VariableValue {
  switch (variable.kind) {
    case 'vars':
    case 'env': {
      const constant = constantOf(variable, sources) ?? ''
      return { text: () => constant }
    }
    case 'step': return { text: (sources.step ?? NOTHING)(variable.name) }
    case 'seq': return { text: (n) => String(n) }
    case 'uuid': return { text: () => randomUUID() }
    case 'now': return nowAs(variable.format)
    case 'int': return new RandomInteger(variable.from, variable.to, sources.seed ^ Math.imul(place + 1, 0x9e3779b1))
    case 'data': return cellOf(variable.data, variable.column, sources.data)
    case 'token': return { text: sources.token ?? (() => '') }
    case 'basic': return new BasicCredential(variable.parts.map((part, index) => (typeof part === 'string' ? part : valueOf(part, sources, place + index))))
    default: return variable satisfies never
  }
}

/** A column of the row that the iteration uses. Without the data, before they are opened, it is empty. */
function cellOf(name: string, column: string, data: ReadonlyMap<string, DataCursor>): VariableValue {
  const cursor = data.get(name)
  const at = cursor?.columns.indexOf(column) ?? -1
  return cursor === undefined || at < 0 ? { text: () => '' } : { text: (n) => cursor.row(n)[at] ?? '' }
}

function constantBasic(parts: readonly TemplatePart[], sources: Pick<ValueSources, 'vars' | 'env'>): string | null {
  const texts = parts.map((part) => (typeof part === 'string' ? part : constantOf(part, sources)))
  return texts.includes(null) ? null : Buffer.from(texts.join(''), 'utf8').toString('base64')
}

class BasicCredential implements VariableValue {
  readonly #parts: (string | VariableValue)[]

  constructor(parts: (string | VariableValue)[]) {
    this.#parts = parts
  }

  text(n: number): string {
    let text = ''
    for (const part of this.#parts) text += typeof part === 'string' ? part : part.text(n)
    return Buffer.from(text, 'utf8').toString('base64')
  }
}

class RandomInteger implements VariableValue {
  readonly #from: number
  readonly #count: number
  readonly #seed: number

  constructor(from: number, to: number, seed: number) {
    this.#from = from
    this.#count = to - from + 1
    this.#seed = seed
  }

  text(n: number): string {
    return String(this.#from + Math.floor(drawn(this.#seed, n) * this.#count))
  }
}

function nowAs(format: 'ms' | 's' | 'iso'): VariableValue {
  switch (format) {
    case 'ms': return { text: () => String(Date.now()) }
    case 's': return { text: () => String(Math.floor(Date.now() / 1000)) }
    case 'iso': return { text: () => new Date().toISOString() }
  }
}
