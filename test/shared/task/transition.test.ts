import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors.ts'
import { defaultTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { isLive, transition } from '../../../src/shared/task/transition.ts'
import type { Task, TaskEvent, TaskReport } from '../../../src/shared/task/task.ts'

const draft: Task = { id: 't', spec: defaultTaskSpec('http://a/'), status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }

function after(...events: TaskEvent[]): Task {
  return events.reduce((task, event, index) => transition(task, event, index + 1), draft)
}

const start: TaskEvent = { type: 'start', runId: 'r1' }
const started: TaskEvent = { type: 'started' }
const stop: TaskEvent = { type: 'stop' }
const finished: TaskEvent = { type: 'finished' }

describe('a task', () => {
  it('goes from draft to finished, one revision a step', () => {
    const task = after(start, started, { type: 'change-rate', rate: 50 }, { type: 'rate-changed', rate: 50 }, stop, finished)
    expect(task).toMatchObject({ status: 'finished', revision: 7, runId: 'r1', wantedRate: null, updatedAt: 6 })
  })

  it('is only running once the master has said so', () => {
    expect(after(start).status).toBe('pending-run')
    expect(after(start, started).status).toBe('running')
  })

  it('keeps the changed rate while it runs, so that a new master knows it', () => {
    expect(after(start, started, { type: 'change-rate', rate: 50 }, { type: 'rate-changed' })).toMatchObject({ status: 'running', wantedRate: 50 })
  })

  it('goes on waiting for the newer of two rates when the older one is reported', () => {
    const twice = after(start, started, { type: 'change-rate', rate: 50 }, { type: 'change-rate', rate: 80 })
    expect(transition(twice, { type: 'rate-changed', rate: 50 }, 9)).toBe(twice)
    expect(transition(twice, { type: 'rate-changed', rate: 80 }, 9).status).toBe('running')
  })

  it('is not revived by a report that a stop has overtaken', () => {
    const stopping = after(start, stop)
    expect(transition(stopping, started, 9)).toBe(stopping)
    expect(transition(stopping, { type: 'rate-changed' }, 9)).toBe(stopping)
  })

  it.each<TaskReport>([{ type: 'started', runId: 'r1' }, { type: 'rate-changed', runId: 'r1' }, { type: 'finished', runId: 'r1' }, { type: 'failed', runId: 'r1', reason: 'x' }, { type: 'aborted', runId: 'r1', reason: 'x' }])('takes a late $type of its former run for no word on the present one', (late) => {
    const again = after(start, started, finished, { type: 'start', runId: 'r2' })
    expect(transition(again, late, 9)).toBe(again)
    expect(transition(again, { ...late, runId: 'r2' }, 9)).toMatchObject(late.type === 'rate-changed' ? { status: 'pending-run' } : { status: late.type === 'started' ? 'running' : late.type })
  })

  it('takes a second stop and a second report of its end without a change', () => {
    const stopping = after(start, started, stop)
    expect(transition(stopping, stop, 9)).toBe(stopping)
    const ended = after(start, started, finished)
    expect(transition(ended, finished, 9)).toBe(ended)
  })

  it('says why it ended, and forgets it at the next start', () => {
    const failed = after(start, { type: 'failed', reason: 'no worker' })
    expect(failed).toMatchObject({ status: 'failed', reason: 'no worker' })
    expect(transition(failed, { type: 'start', runId: 'r2' }, 9)).toMatchObject({ status: 'pending-run', runId: 'r2', reason: null })
  })

  it.each<[string, TaskEvent[], TaskEvent, string]>([
    ['a second start', [start, started], start, '"a" cannot be started: it is running.'],
    ['a start while it stops', [start, stop], start, '"a" cannot be started: it is stopping.'],
    ['a stop of a draft', [], stop, '"a" cannot be stopped: it was never started.'],
    ['a stop of a finished one', [start, finished], stop, '"a" cannot be stopped: it has finished.'],
    ['a new rate before it runs', [start], { type: 'change-rate', rate: 5 }, '"a" cannot change its rate: it is starting.'],
    ['a new rate after its end', [start, finished], { type: 'change-rate', rate: 5 }, '"a" cannot change its rate: it has finished.'],
    ['a report without a run', [], started, '"a" cannot be reported as started: it was never started.'],
    ['another end', [start, finished], { type: 'aborted', reason: 'x' }, '"a" cannot be reported as aborted: it has finished.'],
  ])('refuses %s in a sentence', (_, before, event, sentence) => {
    expect(() => transition(after(...before), event, 9)).toThrow(expect.objectContaining({ code: 'conflict', message: sentence, hint: expect.stringMatching(/./) }))
  })

  it('of connections alone has no rate to change', () => {
    const closed: Task = { ...after(start, started), spec: { ...draft.spec, load: { connections: 5, duration: '5s' } } }
    expect(() => transition(closed, { type: 'change-rate', rate: 5 }, 9)).toThrow('"a" has no rate to change')
  })

  it('never leaves its states, and every change raises the revision by one', () => {
    const event = fc.constantFrom<TaskEvent>(start, started, stop, finished, { type: 'change-rate', rate: 5 }, { type: 'rate-changed' }, { type: 'failed', reason: 'x' }, { type: 'aborted', reason: 'y' })
    fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let task = draft
      for (const one of events) {
        try {
          const next = transition(task, one, 1)
          if (next !== task) expect(next.revision).toBe(task.revision + 1)
          expect(isLive(next.status) && next.runId === null).toBe(false)
          task = next
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }
    }))
  })
})
