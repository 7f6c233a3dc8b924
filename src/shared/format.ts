/**
 * The one formatter (`ux.md`, "Numbers"): screens, terminal and reports print the same digits. What is missing is
 * `–`, never 0; units and digits are the same in every language.
 */

type Figure = number | null

const MISSING = '–'
const MINUS = '−'
const THOUSANDS = ['', 'k', 'M', 'G', 'T', 'P']

/** Three significant digits: the precision of a histogram. Summaries round here, once; everything else prints what they hold. */
export function significant(value: number): number
export function significant(value: Figure): Figure
export function significant(value: Figure): Figure {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(3))
}

/** A rate as summaries hold it: to a tenth, below 100 to three significant digits. */
export function roundedRate(perSecond: number): number {
  return perSecond >= 100 ? Math.round(perSecond * 10) / 10 : significant(perSecond)
}

/** `84 µs`, `0.84 ms`, `4.21 ms`, `112 ms`, `1.24 s`, `2m 05s`. */
export function latency(ms: Figure): string {
  return present(ms) ? timeText(ms, 3) : MISSING
}

/** Of an estimate: `≈ 110 ms`, `≈ 6.1 ms`. */
export function latencyAbout(ms: Figure): string {
  return present(ms) ? `≈ ${timeText(ms, 2)}` : MISSING
}

function timeText(ms: number, digits: number): string {
  if (ms < 0) return MINUS + timeText(-ms, digits)
  const rounded = Number(ms.toPrecision(digits))
  const text = (value: number): string => (value >= 10 ** (digits - 1) ? String(value) : value.toPrecision(digits))
  if (rounded === 0) return '0 ms'
  if (rounded < 0.1) return `${Math.round(rounded * 1000)} µs`
  if (rounded < 1) return `${rounded} ms`
  if (rounded < 1000) return `${text(rounded)} ms`
  if (rounded < 60_000) return `${text(rounded / 1000)} s`
  const seconds = Math.round(rounded / 1000)
  return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
}

/** `11,964 req/s`, `49.5 req/s`. */
export function rate(perSecond: Figure): string {
  return present(perSecond) ? `${rateDigits(perSecond)} req/s` : MISSING
}

/** `12.0k`, `850`: for tight places, without a unit. */
export function rateShort(perSecond: Figure): string {
  if (!present(perSecond)) return MISSING
  return Math.round(perSecond) < 1000 ? rateDigits(perSecond) : short(perSecond)
}

/** `1,765,012`. */
export function count(n: Figure): string {
  return present(n) ? grouped(Math.round(n)) : MISSING
}

/** `1.77M`, `12.0k`, `999`. */
export function countShort(n: Figure): string {
  if (!present(n)) return MISSING
  return Math.round(n) < 1000 ? grouped(Math.round(n)) : short(n)
}

/** `0.42%`, `4.2%`, `42%`, `99.7%`; never 0 % or 100 % when it is not: `<0.01%`, `>99.99%`. */
export function percent(ratio: Figure): string {
  if (!present(ratio)) return MISSING
  const value = clean(ratio * 100)
  if (value < 0) return MINUS + percent(-ratio)
  if (value > 0 && value < 0.01) return '<0.01%'
  if (value > 99.99 && value < 100) return '>99.99%'
  if (value === 0 || value >= 100) return `${grouped(Math.round(value))}%`
  return `${value.toFixed(percentDigits(value))}%`
}

/** Decimal units: `512 B`, `4.21 kB`, `44.4 GB`. */
export function bytes(n: Figure): string {
  if (!present(n)) return MISSING
  if (Math.round(n) < 1000) return `${Math.round(n)} B`
  const [digits, unit] = scaled(n)
  return `${digits} ${unit}B`
}

export function bytesPerSecond(n: Figure): string {
  return present(n) ? `${bytes(n)}/s` : MISSING
}

/** `03:12`, over an hour `1:03:12`. */
export function elapsed(ms: Figure): string {
  if (!present(ms)) return MISSING
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** A change against a baseline: `+31%`, `−4%`, `+0.4%`; 0.31 means 31 % more. */
export function change(ratio: Figure): string {
  if (!present(ratio)) return MISSING
  const value = clean(Math.abs(ratio) * 100)
  const digits = value < 1 ? String(Number(value.toPrecision(1))) : grouped(Math.round(value))
  if (value < 0.05) return '0%'
  return `${ratio < 0 ? MINUS : '+'}${digits}%`
}

function present(value: Figure): value is number {
  return value !== null && Number.isFinite(value)
}

function rateDigits(perSecond: number): string {
  if (perSecond >= 100) return grouped(Math.round(perSecond))
  return String(Number(perSecond.toFixed(perSecond >= 10 ? 1 : 2)))
}

/** Two significant digits of the smaller of the share and what it lacks of the whole. */
function percentDigits(value: number): number {
  if (value < 1 || value > 99.9) return 2
  return value < 9.95 || value > 90 ? 1 : 0
}

function short(n: number): string {
  return scaled(n).join('')
}

/** Three significant digits and the prefix; 999,600 is 1.00M, not 1000k. */
function scaled(n: number): [digits: string, prefix: string] {
  let value = significant(n)
  let step = 0
  while (value >= 1000 && step < THOUSANDS.length - 1) {
    value /= 1000
    step++
  }
  return [value >= 1000 ? grouped(value) : value.toPrecision(3), THOUSANDS[step] ?? '']
}

function grouped(n: number): string {
  const text = String(Math.abs(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return n < 0 ? MINUS + text : text
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

/** Drops the noise of binary fractions: 0.07 × 100 is 7. */
function clean(value: number): number {
  return Number(value.toPrecision(12))
}
