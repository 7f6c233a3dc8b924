import { distance } from 'fastest-levenshtein'

/** Words of error messages: the nearest known name, and foreign values shown without trusting them. */

/** The known name that was probably meant, or null when none is near (more than a third of the letters differ). */
export function nearest(word: string, known: readonly string[]): string | null {
  const lower = word.slice(0, 64).toLowerCase()
  let best: string | null = null
  let bestDistance = Math.ceil(lower.length / 3) + 1
  for (const name of known) {
    // Of equally near names the one of like length: "mena" is "mean", not "min".
    const d = distance(lower, name.toLowerCase()) + Math.abs(name.length - lower.length) / 100
    if (d < bestDistance) [best, bestDistance] = [name, d]
  }
  return best
}

/** `Did you mean "duration"?`, or the list of what is known when nothing is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const name = nearest(word, known)
  return name === null ? `Known: ${known.join(', ')}.` : `Did you mean "${name}"?`
}

/** A foreign value for a message: quoted, control characters escaped, at most 60 characters. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'undefined') return String(value)
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
