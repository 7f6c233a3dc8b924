import { BrowserWindow, Notification, powerSaveBlocker } from 'electron'
import type { RunView } from '../../shared/results/run.ts'
import { rateShort } from '../../shared/format.ts'
import { translate, type Language } from '../../shared/locales/translate.ts'
import type { Settings } from '../../shared/contract/contract.ts'
import { languageOf } from './settings.ts'
import type { LiveRunBook } from './live-runs.ts'

/** A run longer than this is worth a notification also to somebody who watched. */
const LONG_RUN_MS = 60_000

/** While a run is on: the machine stays awake (its screen may sleep), title and task bar show how far it is; at its end a notification. The settings can do without either. */
export function accompanyRuns(runs: LiveRunBook, settings: () => Settings): void {
  let blocker: number | null = null
  runs.onChange((live, changed) => {
    const awake = live.length > 0 && settings().keepAwake
    if (awake && blocker === null) blocker = powerSaveBlocker.start('prevent-app-suspension')
    if (!awake && blocker !== null) {
      powerSaveBlocker.stop(blocker)
      blocker = null
    }
    for (const window of BrowserWindow.getAllWindows()) showProgress(window, live)
    if (changed.run.endedAt !== null && settings().notifications) notify(changed, languageOf(settings()))
  })
}

function showProgress(window: BrowserWindow, live: readonly RunView[]): void {
  const [first] = live
  window.setTitle(first === undefined ? 'Stampede' : `● ${rateShort(first.recent.achievedRate)}/s ${first.run.taskName}`)
  // −1 takes the bar away, 2 is an endless one.
  window.setProgressBar(first === undefined ? -1 : first.plannedMs === null ? 2 : Math.min(1, first.elapsedMs / first.plannedMs))
}

function notify({ run, sentence, elapsedMs }: RunView, language: Language): void {
  const watched = BrowserWindow.getAllWindows().find((window) => window.isFocused())
  if ((watched !== undefined && elapsedMs <= LONG_RUN_MS) || !Notification.isSupported()) return
  const notification = new Notification({ title: run.taskName, body: translate(language, sentence) })
  notification.on('click', () => BrowserWindow.getAllWindows()[0]?.show())
  notification.show()
}
