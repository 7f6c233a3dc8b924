import { valuesMeta } from './field-meta.ts'
import { show } from '../suggest.ts'
import { field } from './task-fields.ts'
import type { Refuse } from './task-fields.ts'

/** Values that a task gives names to: `vars` and `env`. */

const MAX_VALUES = 1000
const MAX_CHARACTERS = 65_536
const META = {
  vars: valuesMeta('What {{vars.name}} stands for, the same in every request.', { region: 'eu' }),
  env: valuesMeta('What {{env.NAME}} stands for. Left out, it is taken from the environment where the task is started, which is the place for secrets.', { REGION: 'eu' }),
}

/** What a variable may be called: it stands behind a dot, and before a space or braces. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][\w-]{0,63}$/.test(name)
}

/** `vars: { name: value }`. @param what what the object is called in messages. */
export function namedValues(what: 'vars' | 'env') {
  return field((value, refuse) => readValues(what, value, refuse), META[what])
}

function readValues(what: string, value: unknown, refuse: Refuse): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`${what} is an object of names and values, not ${show(value)}.`, `Write for example ${what}: { region: eu }.`)
  const entries = Object.entries(value)
  if (entries.length > MAX_VALUES) return refuse(`${what} has more than ${MAX_VALUES.toLocaleString('en')} values.`, 'Many values belong in a data file.')
  const values: Record<string, string> = {}
  for (const [name, written] of entries as [string, unknown][]) {
    const text = typeof written === 'number' || typeof written === 'boolean' ? String(written) : written
    if (!isVariableName(name)) refuse(`${show(name)} is no name of a variable.`, `Use letters, digits, _ and -, for example ${suggested(name)}.`, [name])
    else if (typeof text !== 'string' || !text.isWellFormed()) refuse(`${name} is text, not ${show(text)}.`, 'Write it in quotes.', [name])
    else if (text.length > MAX_CHARACTERS) refuse(`${name} is longer than ${MAX_CHARACTERS.toLocaleString('en')} characters.`, 'Long text belongs in the body.', [name])
    else values[name] = text
  }
  return values
}

function suggested(name: string): string {
  const near = name.trim().replace(/[^\w-]+/g, '_').replace(/^(?=[\d-])/, '_').slice(0, 64)
  return near === '' ? 'user_id' : near
}
