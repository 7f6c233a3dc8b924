import type { Language } from '../../../shared/locales/translate.ts'
import type { Text } from './use-text.ts'

/** Epochs are given out by the clock, ms since the epoch, where nothing is known that is higher: then they tell when a term began. */
const CLOCK_FROM = 1e12

/** `since 09:26:11`, or `epoch 7` for one that is only a number. */
export function epochText(epoch: number, t: Text['t'], language: Language): string {
  return epoch < CLOCK_FROM ? t('epoch.number', { epoch }) : t('epoch.since', { time: timeOf(epoch, language) })
}

/** The same of a term that is over. */
export function formerEpochText(epoch: number, t: Text['t'], language: Language): string {
  return epoch < CLOCK_FROM ? t('epoch.number', { epoch }) : t('epoch.of', { time: timeOf(epoch, language) })
}

function timeOf(epoch: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium', hourCycle: 'h23' }).format(epoch)
}
