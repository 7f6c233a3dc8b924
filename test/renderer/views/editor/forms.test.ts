import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkRow, checkText, newCheck } from '../../../../src/renderer/src/views/editor/check-rows.ts'
import { loadForm, loadInput } from '../../../../src/renderer/src/views/editor/load-form.ts'
import { fieldPath } from '../../../../src/renderer/src/views/editor/load-paths.ts'
import { queryRows, withQuery } from '../../../../src/renderer/src/views/editor/query-rows.ts'
import { durationLabel } from '../../../../src/renderer/src/views/editor/run-label.ts'
import { withSecrets, withoutSecrets } from '../../../../src/renderer/src/views/editor/draft-storage.ts'
import { answersFor, expectFields, expectText, newExpectation } from '../../../../src/renderer/src/views/editor/expect-form.ts'
import { withProtocol } from '../../../../src/renderer/src/views/editor/protocol-url.ts'
import { requestForm, requestInput } from '../../../../src/renderer/src/views/editor/request-form.ts'
import { specInput, taskForm } from '../../../../src/renderer/src/views/editor/task-form.ts'
import { newThreshold, thresholdRow, thresholdText } from '../../../../src/renderer/src/views/editor/threshold-rows.ts'
import { formatDuration } from '../../../../src/shared/duration.ts'
import { parseTaskSpec, requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'
import type { LoadSpec } from '../../../../src/shared/task/task.ts'
import { SPEC } from '../../synthetic-run.ts'

const specOf = (load: unknown) => requireTaskSpec({ load, request: { url: 'http://localhost/' } })

test('opening a task and saving it changes nothing', () => {
  const spec = requireTaskSpec({ ...SPEC, abortOnFail: true, tags: { team: 'pay' }, request: { ...SPEC.request, headers: { accept: ['a/b', 'c/d'], 'x-y': 'z' } } })
  expect(requireTaskSpec(specInput(taskForm(spec)))).toEqual(spec)
})

test('what an iteration sends, its variables and its data come through the form unchanged, over every protocol', () => {
  const users = { csv: 'users.csv', mode: 'unique', content: 'id,name\n1,Ada\n2,Bo\n' }
  const tasks = [
    { request: { url: 'tcp://127.0.0.1:6379', send: 'PING\r\n', expect: 'until "\\r\\n"' } },
    { request: { url: 'tls://h:1', sendHex: '0d0a', expect: 'bytes 7' } },
    { request: { url: 'ws://h/room', headers: { 'sec-websocket-protocol': 'chat' }, send: 'a\nb', expect: 'contains "b"' } },
    { request: { url: 'wss://h/', sendBase64: 'AAEC', expect: 'echo' } },
    { request: { url: 'grpcs://h:1/shop.Orders/Get', headers: { 'x-tenant': 'a' }, message: '{"id":1}', proto: 'shop.proto', descriptor: 'CgA=' }, checks: ['grpc-status in OK,NOT_FOUND'] },
    { request: { method: 'POST', url: 'http://h/', form: { user: 'ada', tag: ['a', 'b'] } }, auth: { type: 'basic', username: 'ada', password: 'p' } },
    { request: { method: 'PUT', url: 'http://h/', multipart: [{ name: 'title', value: 'x' }, { name: 'file', base64: 'AAEC', filename: 'a.bin', contentType: 'image/png' }] }, auth: { type: 'oauth2', tokenUrl: 'http://h/token', clientId: 'c', clientSecret: 's', scope: 'read', credentialsIn: 'body' } },
    { request: { url: 'http://h/' }, auth: { type: 'api-key', name: 'X-Key', in: 'query', value: '{{env.KEY}}' }, env: { KEY: 'k' }, transport: { resolve: ['h:80:127.0.0.1'], connectTo: ['h:80:g:8080'] } },
    { steps: [
      { name: 'login', request: { method: 'POST', url: 'http://h/login', body: '{}' }, extract: { token: '$.token', id: 'body "id=(\\\\d+)"', to: 'header location "/o/(.*)"', s: 'cookie session', code: 'status' }, checks: ['status == 201'], thinkTime: '1s-3s', onFailure: 'continue' },
      { name: 'list', request: { url: 'http://h/{{step.id}}', headers: { authorization: 'Bearer {{step.token}}' } } },
    ], cookies: false, checks: ['duration < 1s'] },
    { steps: [{ name: 'a', request: { url: 'http://h/a' }, weight: 3 }, { name: 'b', request: { url: 'http://h/b' } }], stepOrder: 'weighted' },
    { request: { url: 'http://h/events', stream: 'sse', expect: 'events 10' } },
    { request: { url: 'http://h/big', stream: 'chunks' } },
    { request: { url: 'http://h/{{users.id}}', headers: { authorization: 'Bearer {{env.TOKEN}}', 'x-region': '{{vars.region}}' } }, vars: { region: 'eu' }, env: { TOKEN: 's3cret' }, data: { users } },
    { request: { url: 'http://h/{{big.id}}' }, data: { big: { csv: '/data/big.csv', mode: 'random', delimiter: ';', encoding: 'gbk', columns: ['id'], rows: 9, bytes: 20, hash: 'a'.repeat(64) } } },
  ]
  for (const task of tasks) {
    const spec = requireTaskSpec({ load: { rate: 1, duration: '1s' }, ...task })
    expect(requireTaskSpec(specInput(taskForm(spec)))).toEqual(spec)
  }
})

test('line ends of a text that is sent stay what they were, though a text area knows only one kind', () => {
  const both = requestForm({ method: 'GET', url: 'tcp://h:1', headers: {}, send: 'a\r\nb\r\n' })
  expect(both).toMatchObject({ send: 'a\nb\n', lineEnds: 'crlf' })
  expect(requestInput({ ...both, send: 'c\n' })).toMatchObject({ send: 'c\r\n' })
  expect(requestForm({ method: 'GET', url: 'tcp://h:1', headers: {}, send: 'a\r\nb\n' })).toMatchObject({ send: 'a\r\nb\n', lineEnds: 'lf' })
})

test('another protocol keeps host and TLS, and leaves out what it has no place for', () => {
  expect(withProtocol('https://h:8443/room?x=1', 'websocket')).toBe('wss://h:8443/room?x=1')
  expect(withProtocol('http://h:80/a', 'tcp')).toBe('tcp://h:80')
  expect(withProtocol('', 'tcp')).toBe('tcp://')
  expect(withProtocol('tcp://', 'http')).toBe('')
  expect(withProtocol('localhost:80', 'http')).toBe('localhost:80')
})

test('what ends an iteration comes through its fields unchanged', () => {
  for (const text of ['any', 'none', 'echo', 'pong', 'contains "a \\"b\\""', 'until "\\r\\n"', 'bytes 7', 'matches "^\\\\d+$"', 'events 10', 'chunks 3', 'end', '']) expect(expectText(expectFields(text))).toBe(text)
  expect(expectFields('until "\\r\\n"')).toEqual({ answer: 'until', value: String.raw`\r\n` })
  expect(expectFields('bytes x')).toEqual({ answer: 'bytes', value: 'x' })
  for (const protocol of ['websocket', 'tcp'] as const) for (const answer of answersFor(protocol)) {
    const expect_ = newExpectation(answer)
    expect(parseTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: protocol === 'tcp' ? 'tcp://h:1' : 'ws://h', send: 'x', ...(expect_ === '' ? {} : { expect: expect_ }) } }).ok).toBe(true)
  }
})

test('a draft that is kept in the browser holds no secret, and gets them back from the stored task', () => {
  const stored = taskForm(requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: 'http://h/{{env.TOKEN}}' }, env: { TOKEN: 's3cret' } }))
  const kept = withoutSecrets({ ...stored, transport: { ...stored.transport, key: 'PEM' } })
  expect(JSON.stringify(kept)).not.toMatch(/s3cret|PEM/)
  expect(withSecrets(kept, stored).env).toEqual([{ name: 'TOKEN', value: 's3cret' }])
})

test('the bytes of a file survive until another kind of body is chosen', () => {
  const { body: _, ...request } = SPEC.request
  const spec = requireTaskSpec({ ...SPEC, request: { ...request, bodyBase64: 'AAEC' } })
  const form = taskForm(spec)
  expect(requireTaskSpec(specInput(form)).request.bodyBase64).toBe('AAEC')
  expect(requireTaskSpec(specInput({ ...form, steps: form.steps.map((step) => ({ ...step, request: { ...step.request, bodyKind: 'text' as const, body: 'text' } })) })).request).toMatchObject({ body: 'text' })
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
  for (const text of ['status == 200', 'status in 200-299,304', 'body contains "a \\"b\\""', 'body not contains "x"', 'header etag exists', 'header content-type contains "json"', '$.ok == true', '$.items[0].sku == "A-1"', '$.n > 10', '$.items[*].name matches "^a"', '$.etag not exists', 'size < 10kb', 'duration < 500ms', 'body == "+PONG\\r\\n"']) {
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
