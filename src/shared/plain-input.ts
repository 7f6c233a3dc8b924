import type { Problem } from './errors.ts'

/**
 * The first look at foreign data: a copy of its plain objects, lists and values. Whatever could play tricks is refused
 * (`__proto__` and its like, deep nesting, cycles, class instances, endless lists), whatever is undefined is left out.
 */

const MAX_DEPTH = 64
const MAX_VALUES = 50_000
/** No document of ours has them, and an object that does is not what it seems. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

export type PlainInput = { ok: true; value: unknown } | { ok: false; problem: Problem }

/** Never throws, also not for getters and proxies that do. */
export function plainInput(input: unknown): PlainInput {
  let left = MAX_VALUES
  const copy = (value: unknown, path: string, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (--left < 0) throw refusal('', `The input has more than ${MAX_VALUES.toLocaleString('en')} values.`, 'A task is a small document; keep data in files.')
    if (depth > MAX_DEPTH) throw refusal(shorten(path), `The input is nested deeper than ${MAX_DEPTH} levels.`, 'A task needs four.')
    if (Array.isArray(value)) return value.map((item: unknown, index) => copy(item, `${path}[${index}]`, depth + 1))
    if (!isPlain(value)) throw refusal(path, 'This is neither an object nor a list nor a value.', 'Write it as JSON or YAML has it.')
    return copyObject(value, path, (item, at) => copy(item, at, depth + 1))
  }
  try {
    return { ok: true, value: copy(input, '', 1) }
  } catch (error) {
    return { ok: false, problem: error instanceof Refusal ? error.problem : { path: '', message: 'The input cannot be read.', hint: 'Write it as JSON or YAML.' } }
  }
}

/** `request.headers["x y"]`: how messages name a place in the input. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

function copyObject(value: object, path: string, copy: (item: unknown, path: string) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const at = joinPath(path, key)
    if (FORBIDDEN_KEYS.has(key)) throw refusal(at, `The key "${key}" is not allowed.`, 'Remove it.')
    if (item !== undefined) result[key] = copy(item, at)
  }
  return result
}

/** Objects of another realm (a frame, a vm) count as plain too: their prototype has none itself. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.prototype.toString.call(value) === '[object Object]')
}

class Refusal extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

function refusal(path: string, message: string, hint: string): Refusal {
  return new Refusal({ path, message, hint })
}

function shorten(path: string): string {
  return path.length > 80 ? `${path.slice(0, 79)}…` : path
}
