import type { Language } from '../../../shared/locales/translate.ts'

const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `2 hr. ago`, `now`; beyond a week the date. */
export function ago(atMs: number, nowMs: number, language: Language): string {
  const passed = nowMs - atMs
  if (passed > 7 * 86_400_000) return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(atMs)
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  const step = STEPS.find(([, ms]) => passed >= ms)
  return step === undefined ? words.format(0, 'second') : words.format(-Math.floor(passed / step[1]), step[0])
}

/** `Nov 23, 14:02:05`: with seconds, as two runs of one minute must differ. */
export function moment(atMs: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(atMs)
}
