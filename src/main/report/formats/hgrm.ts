import { fromBase64 } from '../../../shared/base64.ts'
import { AppError } from '../../../shared/errors.ts'
import { Histogram } from '../../../shared/results/histogram.ts'
import type { Summary } from '../../../shared/results/summary.ts'

/** Lines per halving of what is left above, as HdrHistogram's own writers choose. */
const PER_HALVING = 5

/** The percentile distribution of the response time in HdrHistogram's text form, values in ms: its plotter and others read it. */
export function hgrmOf({ histogram, run }: Summary): string {
  if (histogram === undefined) throw new AppError('bad-input', `Run ${run.id} was stored without its histogram.`, { hint: 'Runs of this version keep it; run the task again.' })
  const whole = new Histogram()
  whole.mergeEncoded(fromBase64(histogram))
  const lines = ['       Value     Percentile TotalCount 1/(1-Percentile)', '', ...rows(whole)]
  const ms = (us: number | null): string => ((us ?? 0) / 1000).toFixed(3)
  lines.push(`#[Mean    = ${ms(whole.mean).padStart(12)}, StdDeviation   = ${ms(deviation(whole)).padStart(12)}]`, `#[Max     = ${ms(whole.max).padStart(12)}, Total count    = ${String(whole.count).padStart(12)}]`, '#[Buckets =           20, SubBuckets     =         2048]')
  return `${lines.join('\n')}\n`
}

function rows(histogram: Histogram): string[] {
  const slots: { us: number; below: number }[] = []
  let below = 0
  histogram.forEach((us, count) => slots.push({ us, below: (below += count) }))
  const lines: string[] = []
  let at = 0
  for (const part of parts(histogram.count)) {
    while (at < slots.length - 1 && (slots[at]?.below ?? 0) < part * histogram.count * (1 - 1e-12)) at++
    const slot = slots[at]
    if (slot === undefined) break
    const value = part === 1 ? (histogram.max ?? slot.us) : slot.us
    lines.push(`${(value / 1000).toFixed(3).padStart(12)} ${part.toFixed(12).padStart(14)} ${String(slot.below).padStart(10)}${part === 1 ? '' : ` ${(1 / (1 - part)).toFixed(2).padStart(14)}`}`)
  }
  return lines
}

/** 0, then ever finer towards 1, down to a single answer. */
function parts(count: number): number[] {
  const found: number[] = []
  for (let left = 1; count > 0 && left * count >= 0.5; left /= 2) for (let i = 0; i < PER_HALVING; i++) found.push(1 - left + (left / 2) * (i / PER_HALVING))
  return [...found, ...(count > 0 ? [1] : [])]
}

function deviation(histogram: Histogram): number {
  const mean = histogram.mean ?? 0
  let squares = 0
  histogram.forEach((us, count) => (squares += count * (us - mean) ** 2))
  return histogram.count === 0 ? 0 : Math.sqrt(squares / histogram.count)
}
