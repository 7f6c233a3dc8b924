import { show } from '../suggest.ts'

/**
 * The part of JSON path (RFC 9535) that names places: members, elements (from the end with a minus), and all of them.
 *
 *     $.user.name · $['odd key'] · $.items[0].sku · $.items[-1] · $.items[*].sku · $.*
 *
 * No filters, no descent into everything: nothing is ever evaluated, and the work is bounded by the size of the text.
 */
export interface JsonPath {
  steps: Step[]
}

/** A member, an element, or all of either. */
type Step = string | number | typeof ALL

export const ALL = null

export type ParsedJsonPath = { ok: true; path: JsonPath; rest: string } | { ok: false; message: string; hint: string }

const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\.(\*)|\[\s*(?:(-?\d{1,9})|(\*)|("(?:[^"\\]|\\.)*")|'((?:[^'\\]|\\.)*)')\s*\]/uy
const MOST_STEPS = 64

/** Reads a path at the beginning of a text. */
export function parseJsonPath(text: string): ParsedJsonPath {
  const steps: Step[] = []
  let at = 1
  for (; text[at] === '.' || text[at] === '['; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const match = STEP.exec(text)
    const step = match === null ? undefined : stepOf(match)
    if (step === undefined || steps.length >= MOST_STEPS) return { ok: false, ...refusal(text, at) }
    steps.push(step)
  }
  return { ok: true, path: { steps }, rest: text.slice(at) }
}

/** The canonical text. */
export function formatJsonPath({ steps }: JsonPath): string {
  return `$${steps.map((step) => (step === ALL ? '[*]' : typeof step === 'number' ? `[${step}]` : /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`)).join('')}`
}

/** Every value that the path names, in order. */
export function valuesAt(root: unknown, { steps }: JsonPath): unknown[] {
  let values = [root]
  for (const step of steps) values = values.flatMap((value) => childrenAt(value, step).map((child) => [child])).map(([child]) => child)
  return values
}

function childrenAt(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step === ALL) return Object.values(value)
  if (typeof step === 'number') return Array.isArray(value) && value.at(step) !== undefined ? [value.at(step)] : []
  return !Array.isArray(value) && Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : []
}

function stepOf([, name, all, index, every, quoted, single]: RegExpExecArray): Step | undefined {
  if (all !== undefined || every !== undefined) return ALL
  if (name !== undefined) return name
  if (index !== undefined) return Number(index)
  if (single !== undefined) return single.replace(/\\(.)/g, '$1')
  try {
    return JSON.parse(quoted ?? '') as string
  } catch {
    return undefined
  }
}

function refusal(text: string, at: number): { message: string; hint: string } {
  const path = /^\S*/.exec(text)?.[0] ?? text
  const inside = /^\[\s*-?\w+/.exec(text.slice(at))
  if (text[at] === '[' && !text.slice(at).includes(']')) return { message: `The bracket opened at character ${at + 1} is not closed.`, hint: inside === null ? 'Write for example $.items[0].sku == 1' : `Did you mean ${text.slice(0, at)}${/^\[\s*-?\d+/.exec(text.slice(at))?.[0] ?? inside[0]}]${text.slice(at).replace(/^\[\s*-?\d*/, '')}?` }
  if (text.startsWith('..', at)) return { message: `${show(path)} descends into everything, which checks do not.`, hint: 'Name the place: $.items[*].sku' }
  if (/^\[\s*\?/.test(text.slice(at))) return { message: `${show(path)} has a filter, which checks do not evaluate.`, hint: 'Name the place: $.items[0].sku or $.items[*].sku' }
  return { message: `${show(path)} is no JSON path from character ${at + 1} on.`, hint: 'Write for example $.items[0].sku == 1' }
}
