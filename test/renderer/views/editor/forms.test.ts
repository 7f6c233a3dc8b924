import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkRow, checkText, newCheck } from '../../../../src/renderer/src/views/editor/check-rows.ts'
import { loadForm, loadInput } from '../../../../src/renderer/src/views/editor/load-form.ts'
import { fieldPath } from '../../../../src/renderer/src/views/editor/load-paths.ts'
import { queryRows, withQuery } from '../../../../src/renderer/src/views/editor/query-rows.ts'
import { durationLabel } from '../../../../src/renderer/src/views/editor/run-label.ts'
import { specInput, taskForm } from '../../../../src/renderer/src/views/editor/task-form.ts'
import { newThreshold, thresholdRow, thresholdText } from '../../../../src/renderer/src/views/editor/threshold-rows.ts'
import { formatDuration } from '../../../../src/shared/duration.ts'
import { requireTaskSpec } from '../../../../src/shared/task-schema.ts'
import type { LoadSpec } from '../../../../src/shared/task.ts'
import { SPEC } from '../../synthetic-run.ts'

const specOf = (load: unknown) => requireTaskSpec({ load, request: { url: 'http://localhost/' } })

test('opening a task and saving it changes nothing', () => {
  const spec = requireTaskSpec({ ...SPEC, tags: { team: 'pay' }, request: { ...SPEC.request, headers: { accept: ['a/b', 'c/d'], 'x-y': 'z' } } })
  expect(requireTaskSpec(specInput(taskForm(spec)))).toEqual(spec)
})

test('a binary body survives until text replaces it', () => {
  const { body: _, ...request } = SPEC.request
  const spec = requireTaskSpec({ ...SPEC, request: { ...request, bodyBase64: 'AAEC' } })
  const form = taskForm(spec)
  expect(requireTaskSpec(specInput(form)).request.bodyBase64).toBe('AAEC')
  expect(requireTaskSpec(specInput({ ...form, body: 'text' })).request).toMatchObject({ body: 'text' })
})

describe('the load', () => {
  const duration = fc.integer({ min: 1, max: 7200 }).map((s) => formatDuration(s * 1000))
  const rate = fc.integer({ min: 1, max: 50_000 })
  const stages = fc.array(fc.record({ duration, target: rate }), { minLength: 1, maxLength: 6 })
  const anyLoad: fc.Arbitrary<LoadSpec> = fc.oneof(
    fc.record({ rate, duration }),
    fc.record({ rate, requests: fc.integer({ min: 1, max: 1e6 }) }),
    fc.record({ rate, duration: fc.constant('2h'), ramp: duration }),
    fc.record({ stages, maxInFlight: fc.integer({ min: 1, max: 9999 }), warmup: duration }),
    fc.record({ connections: rate, duration, arrivals: fc.constant('uniform' as const) }).map(({ connections, duration: length }) => ({ connections, duration: length })),
  )

  test('comes through its form unchanged, whatever its shape', () => {
    fc.assert(fc.property(anyLoad, (load) => {
      const spec = specOf(load)
      expect(specOf(loadInput(loadForm(spec.load))).load).toEqual(spec.load)
    }))
  })

  test('is recognised as steps or a spike where it is one', () => {
    const hold = (target: number, length: string) => [{ duration: '0s', target }, { duration: length, target }]
    expect(loadForm({ stages: [...hold(10, '5s'), ...hold(20, '5s')] }).shape).toBe('steps')
    expect(loadForm({ stages: [...hold(10, '5s'), ...hold(90, '1s'), ...hold(10, '5s')] }).shape).toBe('spike')
    expect(loadForm({ stages: [{ duration: '5s', target: 10 }] }).shape).toBe('custom')
  })

  test('every offered shape of a new task is sound as it stands', () => {
    for (const shape of ['constant', 'ramp', 'steps', 'spike', 'custom'] as const) {
      expect(() => specOf(loadInput({ ...loadForm({ rate: 100, duration: '30s' }), shape }))).not.toThrow()
    }
  })

  test('a problem of a stage is shown at the field that stands for it', () => {
    const steps = { model: 'open', shape: 'steps' } as const
    const spike = { model: 'open', shape: 'spike' } as const
    expect(fieldPath('load.stages[3].duration', steps)).toBe('load.steps[1].hold')
    expect(fieldPath('load.stages[2].target', spike)).toBe('load.spike.peak')
    expect(fieldPath('load.stages[5].duration', spike)).toBe('load.spike.after')
    expect(fieldPath('load.stages[1].target', { model: 'open', shape: 'custom' })).toBe('load.stages[1].target')
    expect(fieldPath('load.rate', steps)).toBe('load.rate')
  })

  test('the Run button says how long', () => {
    expect(durationLabel({ rate: 5, duration: '30s' })).toBe('30 s')
    expect(durationLabel({ rate: 5, duration: '1m30s' })).toBe('1 min 30 s')
    expect(durationLabel({ rate: 5, duration: '2h' })).toBe('2 h')
    expect(durationLabel({ connections: 5, requests: 1000 })).toBe('1,000×')
  })
})

test('checks come through their fields unchanged', () => {
  for (const text of ['status == 200', 'status in 200-299,304', 'body contains "a \\"b\\""', 'body not contains "x"', 'header etag exists', 'header content-type contains "json"', 'size < 10kb', 'duration < 500ms']) {
    expect(checkText(checkRow(text)).replaceAll(', ', ',')).toBe(text)
  }
  expect(checkText(checkRow('nonsense here'))).toBe('nonsense here')
  expect(checkText({ ...newCheck('duration'), value: '250' })).toBe('duration < 250ms')
})

test('thresholds come through their fields unchanged', () => {
  for (const text of ['p99<200ms', 'p99.9<=1.5s', 'max<2s', 'service.p99<100ms', 'lag.p99<500us', 'errors<1%', 'rate>=95%', 'checks>99.5%', 'min>1ms']) {
    expect(thresholdText(thresholdRow(text))).toBe(text)
  }
  expect(thresholdText(newThreshold('rate'))).toBe('rate>=95%')
})

test('a query is edited without touching the rest of the URL', () => {
  expect(queryRows('https://h/p?a=1&b=x%20y&flag#top')).toEqual([{ name: 'a', value: '1' }, { name: 'b', value: 'x y' }, { name: 'flag', value: '' }])
  expect(withQuery('https://h/p?a=1#top', [{ name: 'q', value: 'a&b' }, { name: '', value: '' }])).toBe('https://h/p?q=a%26b#top')
  expect(withQuery('https://h/p?a=1', [])).toBe('https://h/p')
  expect(queryRows('https://h/?bad=%zz')).toEqual([{ name: 'bad', value: '%zz' }])
})

test('query rows and URL agree, whatever is typed', () => {
  const rows = fc.array(fc.record({ name: fc.string({ minLength: 1 }), value: fc.string() }), { maxLength: 5 })
  fc.assert(fc.property(rows, (typed) => {
    expect(queryRows(withQuery('http://h/', typed))).toEqual(typed)
  }))
})
