import { randomUUID } from 'node:crypto'
import type { Variable } from '../../shared/template-text.ts'

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
}

/** The value of a variable that is the same in every iteration; null for the others. */
export function constantOf(variable: Variable, { vars, env }: Pick<ValueSources, 'vars' | 'env'>): string | null {
  switch (variable.kind) {
    case 'vars': return vars[variable.name] ?? ''
    case 'env': return env[variable.name] ?? ''
    default: return null
  }
}

/** @param place which of the task's variables it is: each draws numbers of its own. */
export function valueOf(variable: Variable, sources: ValueSources, place: number): VariableValue {
  switch (variable.kind) {
    case 'vars':
    case 'env': {
      const constant = constantOf(variable, sources) ?? ''
      return { text: () => constant }
    }
    case 'seq': return { text: (n) => String(n) }
    case 'uuid': return { text: () => randomUUID() }
    case 'now': return nowAs(variable.format)
    case 'int': return new RandomInteger(variable.from, variable.to, sources.seed ^ Math.imul(place + 1, 0x9e3779b1))
    case 'data': throw new Error(`no data ${variable.data}`)
    default: return variable satisfies never
  }
}

/** Uniform in [0, 1) by seed and number alone, with 53 bits: whoever executes an iteration draws the same. */
export function drawn(seed: number, n: number): number {
  const high = mix(seed ^ mix(n >>> 0) ^ Math.imul(Math.floor(n / 4_294_967_296) + 1, 0x85ebca6b))
  const low = mix(high ^ 0x68e31da4 ^ (n >>> 0))
  return ((high >>> 5) * 67_108_864 + (low >>> 6)) / 9_007_199_254_740_992
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

/** The finalizer of MurmurHash3: every bit of the input changes half of the output's. */
function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
