/**
 * Durations as people write them: `30s`, `1m30s`, `500ms`, `1.5h`. A bare number means seconds.
 * Inside the product a duration is a number of milliseconds; in a task it is its canonical text.
 */

const WRITTEN = /^(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/
const BARE_SECONDS = /^\d+(?:\.\d+)?$/

/** About 285 years: beyond it milliseconds could no longer be told apart to the microsecond. */
const LONGEST_MS = Number.MAX_SAFE_INTEGER / 1000

/** Milliseconds, to the microsecond; null for anything that is not a duration (`5min`, `-1s`, an empty text, NaN). */
export function parseDuration(text: string | number): number | null {
  if (typeof text === 'number') return inRange(text * 1000)
  const written = text.trim()
  if (BARE_SECONDS.test(written)) return inRange(Number(written) * 1000)
  const match = written === '' ? null : WRITTEN.exec(written)
  if (match === null) return null
  const [, hours = '0', minutes = '0', seconds = '0', ms = '0'] = match
  return inRange(Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(ms))
}

/** Canonical text: `1h`, `1m30s`, `1.5s`, `500ms`, `0s`. Parsing it gives the same milliseconds back. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms < 1000) return `${micro(ms)}ms`
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = Number(((ms % 60_000) / 1000).toFixed(6))
  return (hours > 0 ? `${hours}h` : '') + (minutes > 0 ? `${minutes}m` : '') + (seconds > 0 ? `${seconds}s` : '')
}

function inRange(ms: number): number | null {
  return ms >= 0 && ms <= LONGEST_MS ? micro(ms) : null
}

/** Drops the noise of decimal fractions: 0.1 s + 0.2 s is 300 ms. */
function micro(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
