import { formatDuration, parseDuration } from '../duration.ts'

/** A pause between two steps, ms: both ends included, drawn for each iteration; equal ends are a fixed pause. */
export interface ThinkTime {
  leastMs: number
  mostMs: number
}

/** `500ms`, or `1s-3s`; null for what is neither. */
export function parseThinkTime(text: string): ThinkTime | null {
  const [least = '', most = least, ...rest] = text.split(/\s*(?:-|–|\.\.|\bto\b)\s*/)
  const leastMs = parseDuration(least)
  const mostMs = parseDuration(most)
  return leastMs === null || mostMs === null || rest.length > 0 ? null : { leastMs, mostMs }
}

/** The canonical text. */
export function formatThinkTime({ leastMs, mostMs }: ThinkTime): string {
  return leastMs === mostMs ? formatDuration(leastMs) : `${formatDuration(leastMs)}-${formatDuration(mostMs)}`
}
