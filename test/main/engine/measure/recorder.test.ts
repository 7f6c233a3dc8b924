import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Checks } from '../../../../src/main/engine/measure/checks.ts'
import { Recorder } from '../../../../src/main/engine/measure/recorder.ts'
import { checksOf } from '../../../../src/shared/task/check.ts'
import { Histogram } from '../../../../src/shared/results/histogram.ts'
import type { Tally } from '../../../../src/shared/results/sample.ts'

function create(expressions: string[] = [], warmupMs = 0): Recorder {
  const recorder = new Recorder({ checks: new Checks(checksOf({ checks: expressions })), method: 'GET', url: 'http://a.example/', warmupMs })
  recorder.begin(0)
  return recorder
}

/** A request of 10 ms that was sent 2 ms late. */
function exchange(recorder: Recorder, dueAt: number, status = 200): void {
  recorder.planned(dueAt, dueAt)
  recorder.sent(dueAt, dueAt + 2, 100)
  const kept = recorder.keep(status)
  recorder.done(dueAt, dueAt + 2, dueAt + 7, dueAt + 12, status, 300, kept ? Buffer.from(`HTTP/1.1 ${status} X\r\nSet-Cookie: a=1\r\n\r\n`) : null, kept ? Buffer.from('sorry') : null, 0)
}

const max = (bytes: Uint8Array): number | null => Histogram.decode(bytes).max

describe('Recorder', () => {
  it('measures the response from the intended instant, the service from the actual send', () => {
    const recorder = create()
    exchange(recorder, 100)
    const { tally } = recorder.take()
    expect([tally.response, tally.service, tally.lag, tally.firstByte].map(max)).toEqual([12_000, 10_000, 2000, 5000])
    expect(tally).toMatchObject({ planned: 1, started: 1, completed: 1, failed: 0, requests: 1, bytesSent: 100, bytesReceived: 300, statuses: { 200: 1 }, checks: [{ passed: 1, failed: 0 }] })
  })

  it('starts every second anew', () => {
    const recorder = create()
    exchange(recorder, 100)
    recorder.take()
    const { tally, warmup, errorSamples } = recorder.take()
    expect(tally).toMatchObject({ planned: 0, started: 0, completed: 0, bytesSent: 0, statuses: {}, errors: [], checks: [{ passed: 0, failed: 0 }] })
    expect(tally.response).toHaveLength(0)
    expect([warmup, errorSamples]).toEqual([null, []])
  })

  it('keeps what was due in the warm-up apart, wherever it ends', () => {
    const recorder = create([], 1000)
    exchange(recorder, 995)
    exchange(recorder, 1005)
    const { tally, warmup } = recorder.take()
    expect([tally.completed, warmup?.completed]).toEqual([1, 1])
    expect(recorder.take().warmup).toBeNull()
  })

  it('counts a refused status as a failed iteration that has answered', () => {
    const recorder = create()
    exchange(recorder, 100, 503)
    const { tally, errorSamples } = recorder.take()
    expect(tally).toMatchObject({ completed: 1, failed: 1, statuses: { 503: 1 }, errors: [{ kind: 'check', status: 503, message: '503 Service Unavailable', count: 1 }] })
    expect(max(tally.response)).toBe(12_000)
    expect(errorSamples[0]).toMatchObject({ kind: 'check', status: 503, method: 'GET', url: 'http://a.example/', body: 'sorry', responseTimeMs: 12, atMs: 112 })
    expect(errorSamples[0]?.head).toContain('Set-Cookie: •••')
  })

  it('asks for the content of failures only as long as samples are wanted', () => {
    const recorder = create()
    for (let i = 0; i < 20; i++) exchange(recorder, i, 503)
    expect(recorder.keep(503)).toBe(false)
    expect(recorder.keep(502)).toBe(true)
    expect(recorder.keep(200)).toBe(false)
    expect(recorder.take().errorSamples).toHaveLength(5)
    expect(create(['body contains "x"']).keep(200)).toBe(true)
  })

  it('counts as started, and failed, what never left for want of a connection', () => {
    const recorder = create()
    recorder.planned(5, 5)
    recorder.failed(5, 0, 6, 'refused', 'connect ECONNREFUSED', 0)
    const { tally } = recorder.take()
    expect(tally).toMatchObject({ planned: 1, started: 1, completed: 1, failed: 1, requests: 0 })
    expect(tally.response).toHaveLength(0)
  })

  it('counts the hops of a redirect as requests, not as iterations', () => {
    const recorder = create()
    recorder.planned(5, 5)
    recorder.sent(5, 6, 100)
    recorder.hop(90)
    expect(recorder.take().tally).toMatchObject({ started: 1, requests: 2, bytesSent: 190 })
  })

  it('takes phases of a connection only where there were any', () => {
    const recorder = create()
    recorder.connected(NaN, 1.5, NaN)
    const { tally } = recorder.take()
    expect(max(tally.connect)).toBe(1500)
    expect([tally.dns.length, tally.tls.length]).toEqual([0, 0])
  })

  it('balances the ledger, whatever becomes of the iterations', () => {
    const fate = fc.constantFrom('done', 'bad', 'failed', 'unsent', 'cancelled', 'dropped', 'refused')
    fc.assert(fc.property(fc.array(fc.tuple(fate, fc.integer({ min: 0, max: 3000 }), fc.boolean())), (fates) => {
      const recorder = create([], 1000)
      const tallies: Tally[] = []
      const take = (): void => {
        const { tally, warmup } = recorder.take()
        tallies.push(tally, ...(warmup === null ? [] : [warmup]))
      }
      for (const [what, dueAt, border] of fates) {
        recorder.planned(dueAt, dueAt)
        if (what !== 'unsent' && what !== 'dropped' && what !== 'refused') recorder.sent(dueAt, dueAt + 1, 1)
        if (border) take()
        if (what === 'done' || what === 'bad') recorder.done(dueAt, dueAt + 1, dueAt + 2, dueAt + 3, what === 'done' ? 200 : 500, 1, null, null, 0)
        else if (what === 'failed') recorder.failed(dueAt, dueAt + 1, dueAt + 2, 'reset', 'reset', 0)
        else if (what === 'unsent') recorder.failed(dueAt, 0, dueAt + 2, 'refused', 'refused', 0)
        else if (what === 'cancelled') recorder.cancelled(dueAt, dueAt + 1)
        else recorder.dropped(dueAt)
      }
      take()
      const sum = (count: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + count(tally), 0)
      expect(sum((t) => t.planned)).toBe(fates.length)
      expect(sum((t) => t.planned)).toBe(sum((t) => t.started + t.dropped))
      expect(sum((t) => t.started)).toBe(sum((t) => t.completed + t.cancelled))
      expect(recorder.outstanding).toBe(0)
    }))
  })
})
