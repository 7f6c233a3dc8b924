import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatThreshold, judge, parseThreshold } from '../../../src/shared/task/threshold.ts'
import type { Threshold, ThresholdFigures } from '../../../src/shared/task/threshold.ts'

const figures: ThresholdFigures = {
  responseMs: (stat) => (stat === 99 ? 200 : stat === 'mean' ? 12.5 : 1),
  serviceMs: () => 4,
  lagMs: () => null,
  errorRate: 0.07,
  rateOfTarget: 0.95,
  checksRate: 1,
}

function parsed(text: string): Threshold {
  const result = parseThreshold(text)
  if (!result.ok) throw new Error(result.problem.message)
  return result.threshold
}

describe('a threshold', () => {
  it.each([
    ['p99<200ms', 'p99<200ms'],
    ['p99 < 200 ms', 'p99<200ms'],
    ['p99.9<=1s', 'p99.9<=1s'],
    ['p99.99 < 1.5s', 'p99.99<1.5s'],
    ['response.p50<250us', 'p50<250us'],
    ['median<1m', 'p50<60s'],
    ['avg<20ms', 'mean<20ms'],
    ['min>0.5ms', 'min>500us'],
    ['max<2s', 'max<2s'],
    ['service.p99<100ms', 'service.p99<100ms'],
    ['lag.p99<2ms', 'lag.p99<2ms'],
    ['errors<1%', 'errors<1%'],
    ['errors<=0.05 %', 'errors<=0.05%'],
    ['rate>=95%', 'rate>=95%'],
    ['checks>99.9%', 'checks>99.9%'],
    ['http_req_duration:p(95)<500', 'p95<500ms'],
    ['http_req_duration: p(99.9) < 1500', 'p99.9<1.5s'],
    ['http_req_duration:avg<200', 'mean<200ms'],
    ['http_req_duration:med<100', 'p50<100ms'],
    ['http_req_failed:rate<0.07', 'errors<7%'],
    ['checks:rate>0.99', 'checks>99%'],
  ])('reads %s as %s', (text, canonical) => {
    expect(formatThreshold(parsed(text))).toBe(canonical)
    expect(parsed(canonical)).toEqual(parsed(text))
  })

  it.each([
    ['', 'no threshold', 'p99<200ms'],
    ['p99', 'no threshold', 'p99<200ms'],
    ['p99==200ms', 'no threshold', 'p99<200ms'],
    ['p99<200', 'no time', 'p99<200ms'],
    ['p99<1%', 'no time', 'p99<200ms'],
    ['p0<1ms', 'no figure of a run', 'p50'],
    ['p101<1ms', 'no figure of a run', 'p'],
    ['mena<1ms', 'no figure of a run', 'Did you mean "mean"?'],
    ['eror<1%', 'no figure of a run', 'Did you mean "errors"?'],
    ['errors<0.01', 'no percentage', 'errors<1%'],
    ['errors<101%', 'cannot exceed', '0% to 100%'],
    ['http_req_waiting:p(95)<100', 'no counterpart', 'http_req_duration'],
    ['constructor:p(95)<100', 'no counterpart', 'http_req_duration'],
    ['http_req_duration:p(95)<500ms', 'no plain number', 'p99<200ms'],
    ['http_req_duration:count<5', 'no figure', 'p(95)'],
    ['http_req_failed:rate<5', 'from 0 to 1', 'errors<5%'],
    ['http_req_failed:p(95)<1', 'judged by its rate', 'http_req_failed:rate<1'],
  ])('refuses %j naming what is wrong and what would be right', (text, message, hint) => {
    expect(parseThreshold(text)).toMatchObject({ ok: false, problem: { message: expect.stringContaining(message), hint: expect.stringContaining(hint) } })
  })

  it('is judged in its own unit, borders included only where it says so', () => {
    expect(judge(parsed('p99<200ms'), figures)).toEqual({ value: 200, unit: 'ms', ok: false })
    expect(judge(parsed('p99<=200ms'), figures)).toEqual({ value: 200, unit: 'ms', ok: true })
    expect(judge(parsed('mean<13ms'), figures)).toEqual({ value: 12.5, unit: 'ms', ok: true })
    expect(judge(parsed('service.max<4ms'), figures).ok).toBe(false)
    expect(judge(parsed('rate>=95%'), figures)).toEqual({ value: 95, unit: '%', ok: true })
    expect(judge(parsed('checks>99%'), figures).ok).toBe(true)
  })

  it('does not fail on the noise of binary fractions', () => {
    expect(judge(parsed('errors<=7%'), figures)).toEqual({ value: 7, unit: '%', ok: true })
  })

  it('does not hold when nothing was measured', () => {
    expect(judge(parsed('lag.p99<2ms'), figures)).toEqual({ value: null, unit: 'ms', ok: false })
  })

  it('never throws, and its canonical form means the same', () => {
    const words = fc.constantFrom('p99', 'p99.9', 'service.', 'lag.', 'errors', 'rate', 'checks', 'http_req_duration', ':', 'p(95)', '<', '>=', '200ms', '1%', '0.5', '3', 's')
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.array(words, { maxLength: 6 }).map((parts) => parts.join('')))
    fc.assert(fc.property(text, (expression) => {
      const result = parseThreshold(expression)
      if (result.ok) expect(parseThreshold(formatThreshold(result.threshold))).toEqual(result)
      else expect(result.problem.hint).toBeTruthy()
    }), { numRuns: 3000 })
  })
})
