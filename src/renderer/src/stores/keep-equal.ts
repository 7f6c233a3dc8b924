/**
 * `after`, with the parts of `before` that say the same in place of its own. What comes over a bridge is new in all its
 * parts each second; whoever watches a part that did not change must not be drawn anew for that. Plain data only.
 */
export function keepEqual<T>(before: unknown, after: T): T {
  if (Array.isArray(after)) return (Array.isArray(before) ? keepItems(before, after) : after) as T
  return isRecord(before) && isRecord(after) ? (keepValues(before, after) as T) : after
}

function keepItems(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  let isSame = before.length === after.length
  const kept: unknown[] = []
  for (let i = 0; i < after.length; i++) {
    const item = keepEqual(before[i], after[i])
    if (!Object.is(item, before[i])) isSame = false
    kept.push(item)
  }
  return isSame ? before : kept
}

function keepValues(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(after)
  let isSame = keys.length === Object.keys(before).length
  const kept: [string, unknown][] = []
  for (const key of keys) {
    const isKnown = Object.hasOwn(before, key)
    const value = isKnown ? keepEqual(before[key], after[key]) : after[key]
    if (!isKnown || !Object.is(value, before[key])) isSame = false
    kept.push([key, value])
  }
  // Not by assignment: a key may be called `__proto__`.
  return isSame ? before : Object.fromEntries(kept)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
