/** Looking into documents of other programs, of which nothing is known: what is not as expected is absent. */

export type Foreign = Readonly<Record<string, unknown>>

/** The object, or an empty one. */
export function record(value: unknown): Foreign {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Foreign) : {}
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Text; numbers and truth values as they are written. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** A member of its own, never one of the prototype. */
export function member(value: unknown, name: string): unknown {
  const object = record(value)
  return Object.hasOwn(object, name) ? object[name] : undefined
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
