import { FORBIDDEN_KEYS } from '../../shared/plain-input.ts'
import type { PartSpec, RequestSpec } from '../../shared/task/task.ts'
import type { TextPart } from './form-bodies.ts'

/**
 * Bodies that are forms, as the fields of a task: they can be read and edited, and variables in them are encoded. Only where
 * nothing is lost; a body whose fields would change their order or their content stays the text it is.
 */

type Field = readonly [name: string, value: string]
export type Form = NonNullable<RequestSpec['form']>

const PLAIN_NAME = /^[\w.:$@+[\]()* -]{1,200}$/

/** Null where a name is none that a task could have, or where fields of one name do not stand beside each other. */
export function formOf(fields: readonly Field[]): Form | null {
  if (fields.length === 0 || !fields.every(([name]) => PLAIN_NAME.test(name) && !FORBIDDEN_KEYS.has(name))) return null
  const form: Record<string, string | string[]> = {}
  for (const [name, value] of fields) form[name] = Object.hasOwn(form, name) ? [form[name]!, value].flat() : value
  const kept = Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
  return JSON.stringify(kept) === JSON.stringify(fields) ? form : null
}

/** `a=1&b=x+y`, as it is sent, read back. Null for what is not made of names and values in UTF-8. */
export function fieldsOf(text: string): Field[] | null {
  const pieces = text.split('&').map((piece): Field | null => {
    const at = piece.indexOf('=')
    const [name, value] = [decoded(piece.slice(0, at)), decoded(piece.slice(at + 1))]
    return at < 1 || name === null || value === null || !PLAIN_NAME.test(name) ? null : [name, value]
  })
  return pieces.every((piece) => piece !== null) ? pieces : null
}

/** Null where a part cannot be said by a task. */
export function partsOf(parts: readonly TextPart[]): PartSpec[] | null {
  const sound = parts.length > 0 && parts.every(({ name, filename = '', contentType = '' }) => name !== '' && [name, filename, contentType].every((line) => /^[^\u0000-\u001f\u007f]*$/.test(line) && line.isWellFormed()))
  return sound ? parts.map((part) => ({ ...part, value: part.value.toWellFormed() })) : null
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
