import { AppError } from '../errors.ts'
import type { Task, TaskEvent, TaskStatus } from './task.ts'

/**
 * The life of a task, as one pure function; both stores use it.
 *
 *     draft → pending-run → running ⇄ pending-rate-change
 *                  └───────────┴──→ pending-stop → finished | failed | aborted → pending-run …
 *
 * A state is set when the work has succeeded, never before. Users' orders that make no sense are refused with a
 * sentence. The master's reports may arrive late or twice: one that is overtaken (`started` after a stop, the
 * end of a run after the start of the next one) changes nothing.
 */

const ENDED: readonly TaskStatus[] = ['finished', 'failed', 'aborted']

/**
 * The task after the event: its revision raised by one, or the very same object when nothing changes.
 * @param now ms since the epoch. Throws AppError `conflict`.
 */
export function transition(task: Task, event: TaskEvent, now: number): Task {
  const change = changeOf(task, event)
  return change === null ? task : { ...task, ...change, revision: task.revision + 1, updatedAt: now }
}

/** Whether a run of the task is asked for, going, or being stopped: it must not be edited or deleted now. */
export function isLive(status: TaskStatus): boolean {
  return status !== 'draft' && !ENDED.includes(status)
}

function changeOf(task: Task, event: TaskEvent): Partial<Task> | null {
  if (speaksOfAnother(task, event)) return null
  switch (event.type) {
    case 'start': return start(task, event.runId)
    case 'change-rate': return changeRate(task, event.rate)
    case 'stop': return stop(task)
    case 'started': return reported(task, event.type).status === 'pending-run' ? { status: 'running' } : null
    case 'rate-changed': return rateChanged(task, event.rate)
    case 'finished': return end(task, 'finished', null)
    case 'failed':
    case 'aborted': return end(task, event.type, event.reason)
  }
}

function speaksOfAnother({ runId }: Task, event: TaskEvent): boolean {
  return event.type !== 'start' && 'runId' in event && event.runId !== undefined && event.runId !== runId
}

function start(task: Task, runId: string): Partial<Task> {
  if (isLive(task.status)) throw conflict(task, 'cannot be started', task.status === 'pending-stop' ? 'Wait until it has stopped.' : 'Stop it first, or clone it to run it twice.')
  return { status: 'pending-run', runId, wantedRate: null, reason: null }
}

function changeRate(task: Task, rate: number): Partial<Task> | null {
  if (task.spec.load.rate === undefined && task.spec.load.stages === undefined) throw conflict(task, 'has no rate to change', 'It sends as fast as the target answers over its connections; give it load.rate.')
  if (task.status !== 'running' && task.status !== 'pending-rate-change') throw conflict(task, 'cannot change its rate', task.status === 'pending-run' ? 'Wait until it has started.' : 'Edit the task and start it.')
  if (task.status === 'pending-rate-change' && task.wantedRate === rate) return null
  return { status: 'pending-rate-change', wantedRate: rate }
}

function rateChanged(task: Task, rate: number | undefined): Partial<Task> | null {
  const overtaken = reported(task, 'rate-changed').status !== 'pending-rate-change' || (rate !== undefined && rate !== task.wantedRate)
  return overtaken ? null : { status: 'running' }
}

function stop(task: Task): Partial<Task> | null {
  if (!isLive(task.status)) throw conflict(task, 'cannot be stopped', 'Only a running task can.')
  return task.status === 'pending-stop' ? null : { status: 'pending-stop' }
}

function end(task: Task, status: 'finished' | 'failed' | 'aborted', reason: string | null): Partial<Task> | null {
  if (task.status === status) return null
  reported(task, status)
  return { status, reason, wantedRate: null }
}

/** A report must speak of a run that has not ended. */
function reported(task: Task, type: TaskEvent['type']): Task {
  if (!isLive(task.status)) throw conflict(task, `cannot be reported as ${type}`, 'Its run has ended, or never began.')
  return task
}

function conflict(task: Task, what: string, hint: string): AppError {
  return new AppError('conflict', `"${task.spec.name}" ${what}: ${IN_WORDS[task.status]}.`, { hint })
}

const IN_WORDS: Record<TaskStatus, string> = {
  draft: 'it was never started',
  'pending-run': 'it is starting',
  running: 'it is running',
  'pending-rate-change': 'it is running and changing its rate',
  'pending-stop': 'it is stopping',
  finished: 'it has finished',
  failed: 'it has failed',
  aborted: 'it was aborted',
}
