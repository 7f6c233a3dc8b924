/** One promise of `protocol.md` §5 with what was measured of it. */
export interface Promised {
  what: string
  unit: 'ms' | 'requests' | '% of the target'
  /** Greatest value that keeps the promise; null: shown because it explains another one. */
  bound: number | null
  values: number[]
}

/** By nearest rank; NaN for none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN
}

export function isKept({ bound, values }: Promised): boolean | null {
  return bound === null ? null : values.length > 0 && Math.max(...values) <= bound
}

/** Whole numbers with commas; `–` for what was not measured. */
export function figure(value: number): string {
  return Number.isFinite(value) ? (Math.round(value * 10) / 10).toLocaleString('en') : '–'
}

export function promiseLine(promised: Promised): string {
  const { what, unit, bound, values } = promised
  const kept = isKept(promised)
  const withUnit = (value: number): string => `${figure(value)} ${unit}`
  const cells = [what, bound === null ? '' : `≤ ${withUnit(bound)}`, withUnit(percentile(values, 50)), withUnit(percentile(values, 99)), withUnit(Math.max(...values)), String(values.length), kept === null ? '' : kept ? 'kept' : '**broken**']
  return `| ${cells.join(' | ')} |`
}
