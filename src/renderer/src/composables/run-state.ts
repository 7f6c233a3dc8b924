import { answersOf } from '../../../shared/results/answers.ts'
import type { Run, RunView } from '../../../shared/results/run.ts'
import type { TaskStatus } from '../../../shared/task/task.ts'
import type { Verdict } from '../../../shared/results/summary.ts'
import type { TextKey } from '../locales/index.ts'

/** Every label of a state comes from here (ux.md §4, "Run states"). Shape + colour + word. */
export type Tone = 'ok' | 'bad' | 'warn' | 'pending' | 'plain'

export interface StateLabel {
  shape: '●' | '◐' | '✓' | '✕' | '■' | '▲' | '○'
  tone: Tone
  key: TextKey
  params?: Record<string, number>
}

const VERDICTS: Record<Verdict, StateLabel> = {
  passed: { shape: '✓', tone: 'ok', key: 'state.passed' },
  failed: { shape: '✕', tone: 'bad', key: 'state.failed' },
  'no-thresholds': { shape: '■', tone: 'plain', key: 'state.finished' },
  'not-trustworthy': { shape: '▲', tone: 'warn', key: 'state.notTrustworthy' },
}

/** Of a run in a list. */
export function runState(run: Pick<Run, 'status' | 'verdict'>): StateLabel {
  switch (run.status) {
    case 'starting': return { shape: '◐', tone: 'pending', key: 'state.starting' }
    case 'running': return { shape: '●', tone: 'ok', key: 'state.running' }
    case 'stopping': return { shape: '◐', tone: 'pending', key: 'state.stopping' }
    case 'failed': return { shape: '✕', tone: 'bad', key: 'state.couldNotRun' }
    case 'aborted': return { shape: '■', tone: 'plain', key: 'state.aborted' }
    case 'finished': return VERDICTS[run.verdict ?? 'no-thresholds']
  }
}

/** Of the run on the screen: names how many nodes have not confirmed yet. */
export function viewState(view: RunView): StateLabel {
  const { pending, run } = view
  if (pending === null || pending.of < 2) return pending?.order === 'rate' ? { shape: '◐', tone: 'pending', key: 'state.changingRate' } : runState(run)
  const waiting = pending.waitingFor.length
  switch (pending.order) {
    case 'start': return { shape: '◐', tone: 'pending', key: 'state.startingOf', params: { ready: pending.of - waiting, of: pending.of } }
    case 'rate': return { shape: '◐', tone: 'pending', key: 'state.changingRateOf', params: { ready: pending.of - waiting, of: pending.of } }
    case 'stop': return { shape: '◐', tone: 'pending', key: 'state.stoppingOf', params: { left: waiting, of: pending.of } }
  }
}

/** Of a task that is not running: its last result. */
export function taskState(status: TaskStatus, last: Pick<Run, 'status' | 'verdict'> | undefined): StateLabel {
  if (status === 'pending-run') return { shape: '◐', tone: 'pending', key: 'state.starting' }
  if (status === 'running') return { shape: '●', tone: 'ok', key: 'state.running' }
  if (status === 'pending-rate-change') return { shape: '◐', tone: 'pending', key: 'state.changingRate' }
  if (status === 'pending-stop') return { shape: '◐', tone: 'pending', key: 'state.stopping' }
  return last === undefined ? { shape: '○', tone: 'plain', key: 'state.draft' } : runState(last)
}

/** A run without a single answer: charts would be empty, so a card says why instead. */
export function neverAnswered(view: RunView): boolean {
  return view.totals.completed > 0 && answersOf(view.totals, view.errors, view.statusCodes) <= 0
}
