/**
 * `after`, with the parts of `before` that say the same in place of its own. What comes over a bridge is new in all its
 * parts each second; whoever watches a part that did not change must not be drawn anew for that. Plain data only.
 */
export function keepEqual<T>(before: unknown, after: T): T {
  if (Array.isArray(after)) return (Array.isArray(before) ? keepItems(before, after) : after) as T
  return isRecord(before) && isRecord(after) ? (keepValues(before, after) as T) : after
}

function keepItems(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const kept = after.map((item, i) => keepEqual(before[i], item))
  return kept.length === before.length && kept.every((item, i) => Object.is(item, before[i])) ? before : kept
}

function keepValues(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(after).map(([key, value]) => [key, Object.hasOwn(before, key) ? keepEqual(before[key], value) : value] as const)
  const isSame = kept.length === Object.keys(before).length && kept.every(([key, value]) => Object.hasOwn(before, key) && Object.is(value, before[key]))
  return isSame ? before : Object.fromEntries(kept)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
