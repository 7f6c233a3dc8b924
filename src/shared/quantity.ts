/** Amounts as people write them in checks and thresholds: a number and its unit, strictly; no unit means no guess. */

const TIME_UNITS: Record<string, number> = { us: 0.001, µs: 0.001, μs: 0.001, ms: 1, s: 1000, m: 60_000 }
/** A hundred days. */
const MAX_TIME_MS = 8.64e9
const BYTE_UNITS: Record<string, number> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 }

/** A plain decimal number, `1,200` and `12k`, `1.5M` included; null for anything else (signs, exponents, other grouping). */
export function parseDecimal(text: string): number | null {
  const match = /^((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)([kKM])?$/.exec(text.trim())
  if (match?.[1] === undefined) return null
  const factor = match[2] === undefined ? 1 : match[2] === 'M' ? 1e6 : 1e3
  return exact(Number(match[1].replaceAll(',', '')) * factor)
}

/** `200ms`, `1.5s`, `250us`, `1m` → ms, to the µs; null when it is not a number with one of these units or over 100 days. */
export function parseTime(text: string): number | null {
  const ms = withUnit(text, TIME_UNITS)
  return ms === null || ms > MAX_TIME_MS ? null : ms
}

/** `512b`, `10kb` (1,000 bytes each), `64KiB` (1,024) → bytes; null when it is not a number with one of these units. */
export function parseBytes(text: string): number | null {
  const bytes = withUnit(text, BYTE_UNITS)
  return bytes === null || bytes > Number.MAX_SAFE_INTEGER ? null : Math.round(bytes)
}

/** `50%`, `0.5 %` or `50` → 0.5, 0.005, 0.5; null when it is not from 0 to 100. */
export function parsePercent(text: string): number | null {
  const percent = parseDecimal(text.trim().replace(/\s*%$/, ''))
  return percent === null || percent > 100 ? null : exact(percent / 100)
}

/** Inverse of {@link parseTime}: `500us`, `200ms`, `1.5s`. */
export function formatTime(ms: number): string {
  if (ms > 0 && ms < 1) return `${exact(ms * 1000)}us`
  return ms >= 1000 && ms % 100 === 0 ? `${exact(ms / 1000)}s` : `${ms}ms`
}

/** Inverse of {@link parseBytes}: `10kb`, `1500b`. */
export function formatBytes(bytes: number): string {
  if (bytes > 0 && bytes % 1e6 === 0) return `${bytes / 1e6}mb`
  return bytes > 0 && bytes % 1000 === 0 ? `${bytes / 1000}kb` : `${bytes}b`
}

/** Removes the noise of binary fractions (0.07 × 100 = 7.000000000000001). */
export function exact(value: number): number {
  return Math.round(value * 1e6) / 1e6
}

function withUnit(text: string, units: Record<string, number>): number | null {
  const match = /^(\d{1,12}(?:\.\d{1,12})?|\.\d{1,12})\s*([a-zµμ]+)$/i.exec(text.trim())
  const unit = match?.[2]?.toLowerCase() ?? ''
  if (!Object.hasOwn(units, unit)) return null
  return Math.round(Number(match?.[1]) * (units[unit] ?? 0) * 1000) / 1000
}
