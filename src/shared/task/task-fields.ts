import { z } from 'zod'
import { formatDuration, parseDuration } from '../duration.ts'
import { exact, parseDecimal } from '../quantity.ts'
import { show } from '../suggest.ts'

// Compiling a schema with `new Function` pays after thousands of inputs and costs every start; some hosts forbid it.
z.config({ jitless: true })

/** The fields of a task as people write them, each read into its canonical value or refused with a cure. */

/** Says what is wrong with a field and what would be right; `path` below the field. */
export type Refuse = (message: string, hint: string, path?: (string | number)[]) => undefined

export const MIN_RATE = 0.1
export const MAX_RATE = 10_000_000
const MAX_DURATION_MS = 7 * 24 * 3_600_000
const RATE_UNITS: Record<string, number> = { s: 1, sec: 1, m: 60, min: 60, h: 3600 }

/** A field read by a function: undefined and at least one call of `refuse`, or the value. `meta` describes it in the OpenAPI document. */
export function field<T>(read: (value: unknown, refuse: Refuse) => T | undefined, meta: z.GlobalMeta) {
  return z.unknown().meta(meta).transform((value, context): T => {
    const result = read(value, (message, hint, path = []) => {
      context.issues.push({ code: 'custom', message, params: { hint }, path, input: value })
      return undefined
    })
    return result ?? (undefined as T)
  })
}

/** 500, `500/s`, `30000/m`, `12k`, `1,200` → iterations per second, from `least` to ten million. */
export function readRate(value: unknown, refuse: Refuse, least = MIN_RATE): number | undefined {
  const rate = typeof value === 'string' ? rateOf(value) : value
  if (typeof rate !== 'number' || Number.isNaN(rate)) return refuse(`${show(value)} is no rate.`, 'Write 500, 500/s, 30000/m or 12k.')
  if (rate < least) return refuse(`At least ${least} req/s.`, least === 0 ? 'Write 0 or more.' : 'Write for example 1/s.')
  if (rate > MAX_RATE) return refuse('At most 10,000,000 req/s.', 'Nothing on earth sends more; check the unit.')
  return rate
}

/** A whole number from `least` to `most`; `1,000` and `2k` are read too. */
export function readCount(least: number, most: number, what: string) {
  return (value: unknown, refuse: Refuse): number | undefined => {
    const count = typeof value === 'string' ? signed(value) : value
    // Made only on refusal: the first number put into words loads the locale data, 16 ms of every start.
    const range = (): string => `Write a whole number from ${least} to ${most.toLocaleString('en')}.`
    if (typeof count !== 'number' || Number.isNaN(count)) return refuse(`${show(value)} is no number of ${what}.`, range())
    if (count < least) return refuse(`At least ${least}.`, range())
    if (count > most) return refuse(`At most ${most.toLocaleString('en')}.`, range())
    return Number.isInteger(count) ? count : refuse(`${count} is not a whole number of ${what}.`, `Did you mean ${Math.round(count)}?`)
  }
}

/** Any duration of `duration.ts` within the bounds (ms) → its canonical text. */
export function readDuration(leastMs: number, mostMs = MAX_DURATION_MS) {
  return (value: unknown, refuse: Refuse): string | undefined => {
    const ms = typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : null
    if (ms === null) return refuse(`${show(value)} is no duration.`, durationHint(value))
    if (ms < leastMs) return refuse(`At least ${formatDuration(leastMs)}.`, 'Write for example 30s.')
    return ms > mostMs ? refuse(`At most ${formatDuration(mostMs)}.`, 'Write a shorter time.') : formatDuration(ms)
  }
}

/** Text without control characters, trimmed, within a length. */
export function readLine(what: string, mostCharacters: number) {
  return (value: unknown, refuse: Refuse): string | undefined => {
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
    if (typeof text !== 'string') return refuse(`${what} is text, not ${show(value)}.`, 'Write it in quotes.')
    if (/[\u0000-\u001f\u007f]/.test(text) || !text.isWellFormed()) return refuse(`${what} has control characters.`, 'Write one line of text.')
    if (text.trim() === '') return refuse(`${what} is empty.`, 'Write something, or leave it out.')
    return text.length > mostCharacters ? refuse(`${what} is longer than ${mostCharacters} characters.`, 'Shorten it.') : text.trim()
  }
}

function rateOf(text: string): number {
  const unit = /\s*(?:(?:req(?:uests)?)?\s?\/\s?(s|sec|m|min|h)|rps)$/i.exec(text)
  const per = RATE_UNITS[unit?.[1]?.toLowerCase() ?? 's'] ?? 1
  return exact(signed(unit === null ? text : text.slice(0, unit.index)) / per)
}

/** NaN for what is no number. */
function signed(text: string): number {
  const negative = /^\s*-/.test(text)
  const number = parseDecimal(negative ? text.trim().slice(1) : text) ?? NaN
  return negative ? -number : number
}

function durationHint(value: unknown): string {
  const written = /^\s*(\d{1,6})\s*(?:min|mins|minutes?)\s*$/i.exec(typeof value === 'string' ? value : '')?.[1]
  return written === undefined ? 'Write 5m, 300s or 1h30m.' : `Write ${Number(written)}m, ${Number(written) * 60}s or 1h30m.`
}
