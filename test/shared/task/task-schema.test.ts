import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultTaskSpec, parseTaskSpec, requireTaskSpec, taskSchema } from '../../../src/shared/task/task-schema.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'

const load = { rate: 500, duration: '30s' }
const request = { url: 'https://api.example.com/orders' }

function accepted(input: unknown): TaskSpec {
  const parsed = parseTaskSpec(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

function problemsOf(input: unknown): Record<string, string> {
  const parsed = parseTaskSpec(input)
  if (parsed.ok) throw new Error('accepted')
  for (const problem of parsed.problems) expect(problem.hint, problem.path).toBeTruthy()
  return Object.fromEntries(parsed.problems.map(({ path, message, hint }) => [path, `${message} ${hint}`]))
}

function warningsOf(input: unknown): Record<string, string> {
  return Object.fromEntries(parseTaskSpec(input).warnings.map(({ path, message, hint }) => [path, `${message} ${hint}`]))
}

describe('a task', () => {
  it('is completed with the defaults', () => {
    expect(accepted({ load, request })).toEqual({
      schema: 'stampede.task/1',
      name: 'api.example.com/orders',
      load,
      request: { method: 'GET', url: 'https://api.example.com/orders', headers: {} },
      checks: [],
      thresholds: [],
      transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false },
      tags: {},
    })
  })

  it('is what defaultTaskSpec makes', () => {
    const spec = defaultTaskSpec('http://127.0.0.1:8080/')
    expect(accepted(spec)).toEqual(spec)
  })

  it('is a POST when it has a body and names no method', () => {
    expect(accepted({ load, request: { ...request, body: '{}' } }).request.method).toBe('POST')
  })

  it('keeps checks and thresholds in their canonical form', () => {
    const spec = accepted({ load, request, checks: ['status in 2xx', "body contains 'id'"], thresholds: ['p99 < 200 ms', 'http_req_failed:rate<0.01'] })
    expect(spec.checks).toEqual(['status in 200-299', 'body contains "id"'])
    expect(spec.thresholds).toEqual(['p99<200ms', 'errors<1%'])
  })

  it('reads cases of the task file of cli.md', () => {
    const spec = accepted({
      schema: 'stampede.task/1',
      name: 'checkout',
      load: { rate: '500/s', duration: '30s' },
      request: { method: 'post', url: 'https://shop.example/orders', headers: { 'content-type': 'application/json', 'x-n': 5, accept: ['a', 'b'] }, body: '{"user":1}' },
      checks: ['status == 200', 'duration < 500ms'],
      thresholds: ['p99 < 200ms', 'errors < 1%'],
      transport: { protocol: 'http2', timeout: '10s', keepAlive: true, insecure: false },
      tags: { build: 17 },
    })
    expect(spec).toMatchObject({ load: { rate: 500 }, request: { method: 'POST', headers: { 'x-n': '5', accept: ['a', 'b'] } }, tags: { build: '17' } })
  })

  it('names every problem at once, each by its path', () => {
    const problems = problemsOf({ schema: 'x', nmae: 'a', load: { rate: 0, duratoin: '1s' }, request: { url: 'htp://x', headers: { 'a b': 'c' } }, checks: ['statsu == 1'], transport: { keepAlive: 'yes' } })
    expect(Object.keys(problems).sort()).toEqual(['checks[0]', 'load.duration', 'load.duratoin', 'load.rate', 'nmae', 'request.headers["a b"]', 'request.url', 'schema', 'transport.keepAlive'])
    expect(problems['load.duratoin']).toContain('Did you mean "duration"?')
    expect(problems['nmae']).toContain('Did you mean "name"?')
    expect(problems['request.url']).toContain('Did you mean http://x?')
  })

  it.each([
    [{ load, request, rate: 5 }, 'rate', 'Did you mean load.rate?'],
    [{ load, request, url: 'x' }, 'url', 'Did you mean request.url?'],
    [{ load, steps: [] }, 'steps', 'at least one'],
    [{ load, request, schema: 'stampede.task/2' }, 'schema', 'stampede.task/1'],
    [{ load, request, transport: { protocol: 'h2' } }, 'transport.protocol', 'http'],
    [{ load, request, transport: { timeout: 0 } }, 'transport.timeout', 'At least 1ms'],
    [{ load, request, transport: { cert: '-----BEGIN CERTIFICATE-----\n' } }, 'transport.key', 'both cert and key'],
    [{ load, request, transport: { proxy: 'socks5://x' } }, 'transport.proxy', 'http://127.0.0.1:3128'],
    [{ load, request, name: 'a\nb' }, 'name', 'one line'],
    [{ load, request, checks: 'status == 200' }, 'checks', 'a list'],
    [{ load, request: { ...request, method: 'GE T' } }, 'request.method', 'Did you mean "GET"?'],
    [{ load, request: { ...request, method: 'CONNECT' } }, 'request.method', 'tunnel'],
    [{ load, request: { ...request, body: { a: 1 } } }, 'request.body', 'JSON as text'],
    [{ load, request: { ...request, body: 'x'.repeat(4 * 1024 * 1024 + 1) } }, 'request.body', '4 MiB'],
    [{ load, request: { ...request, body: '\ud800' } }, 'request.body', 'bodyBase64'],
    [{ load, request: { ...request, bodyBase64: '!' } }, 'request.bodyBase64', 'base64'],
    [{ load, request: { ...request, body: '', bodyBase64: '' } }, 'request.bodyBase64', 'exclude'],
    [{ load: { connections: 5, duration: 5 }, request, thresholds: ['rate>=95%'] }, 'thresholds[0]', 'target rate'],
    [null, '', 'an object with load and request'],
    ['text', '', 'an object with load and request'],
    [{}, 'request', 'missing'],
    [{ load, request: {} }, 'request.url', 'missing'],
    [JSON.parse('{"__proto__":{"load":1}}'), '__proto__', 'not allowed'],
    [{ load, request: { ...request, headers: { constructor: 'x' } } }, 'request.headers.constructor', 'not allowed'],
    [{ load, request, tags: JSON.parse('['.repeat(100) + ']'.repeat(100)) }, `tags${'[0]'.repeat(25)}…`.slice(0, 80), 'nested deeper'],
  ])('refuses %#: a wrong %2$s', (input, path, words) => {
    const problems = problemsOf(input)
    const found = Object.entries(problems).find(([at]) => at === path || (path.startsWith('tags[') && at.startsWith('tags[')))
    expect(found?.[1]).toContain(words)
  })

  it('warns of what is allowed but probably not meant', () => {
    expect(warningsOf({ load, request: { ...request, method: 'GET', body: 'x' } })['request.body']).toContain('Did you mean POST?')
    expect(warningsOf({ load, request: { ...request, method: 'PSOT' } })['request.method']).toContain('Did you mean "POST"?')
    expect(warningsOf({ load, request: { url: 'https://a.example/#top' } })['request.url']).toContain('never sent')
    const json = { ...request, method: 'POST', headers: { 'Content-Type': 'application/json' } }
    expect(warningsOf({ load, request: { ...json, body: '{\n "a": 1,\n}' } })['request.body']).toContain('Line 2: a comma before } is not valid JSON.')
    expect(warningsOf({ load, request: { ...json, body: '{"a":1}' } })).toEqual({})
  })

  it('may hold variables in path, query, headers and body, and is not changed by being read again', () => {
    const written = { load, vars: { region: 'eu', n: 5 }, env: { TOKEN: 'x' }, request: { method: 'POST', url: 'a.example/{{vars.region}}/{{int 1 5}}?at={{now iso}}#top', headers: { a: ['{{seq}}', 'b'], authorization: 'Bearer {{env.TOKEN}}' }, body: '{"id":"{{uuid}}","n":{{int 1 5}}}' } }
    const spec = requireTaskSpec(written)
    expect(spec.request.url).toBe('https://a.example/{{vars.region}}/{{int 1 5}}?at={{now iso}}')
    expect(spec.vars).toEqual({ region: 'eu', n: '5' })
    expect(requireTaskSpec(spec)).toEqual(spec)
  })

  it.each<[object, string, string]>([
    [{ url: 'https://a.example/{{usr.id}}' }, 'request.url', 'No data named usr.'],
    [{ url: 'https://{{vars.region}}.example/' }, 'request.url', 'cannot stand for the host'],
    [{ url: 'https://a.example/{{seq' }, 'request.url', 'not closed'],
    [{ url: 'https://a.example/', headers: { 'X-A': '{{vars.regoin}}' } }, 'request.headers.X-A', 'Did you mean {{vars.region}}?'],
    [{ url: 'https://a.example/', headers: { 'X-A': ['a', '{{int 5 1}}'] } }, 'request.headers.X-A', 'Write {{int 1 5}}'],
    [{ url: 'https://a.example/', body: '{{env.HOME}}' }, 'request.body', 'Set HOME where the command is given'],
    [{ url: 'https://a.example/', body: 'Dear {{name}}' }, 'request.body', "{{'{{'}}"],
  ])('that names a variable which nothing fills in is refused with its place: %#', (request, path, words) => {
    expect(problemsOf({ load, vars: { region: 'eu' }, request: { method: 'POST', ...request } })[path]).toContain(words)
  })

  it('gives names to values, and refuses what cannot be a name', () => {
    expect(problemsOf({ load, request, vars: { 'user id': 'x', list: ['a'] } })).toMatchObject({ 'vars["user id"]': expect.stringContaining('user_id'), 'vars.list': expect.stringContaining('in quotes') })
    expect(problemsOf({ load, request, vars: 'x' })['vars']).toContain('vars: { region: eu }')
  })

  it('that is wrong is thrown with all its problems by requireTaskSpec', () => {
    const attempt = () => requireTaskSpec({ load: { rate: -1, duration: 'x' }, request })
    expect(attempt).toThrow(AppError)
    expect(attempt).toThrow('load.rate: At least 0.1 req/s. (and 1 more)')
  })

  it('describes its fields in a JSON schema', async () => {
    const { z } = await import('zod')
    const schema = z.toJSONSchema(taskSchema, { io: 'input' }) as { required: string[]; properties: Record<string, unknown> }
    expect(schema.required).toEqual(['load'])
    expect(JSON.stringify(schema.properties['load'])).toContain('Iterations per second')
  })
})

describe('the door for tasks', () => {
  const anyLoad = fc.record({
    rate: fc.oneof(fc.constantFrom('500/s', '12k', 5, 0, -1, NaN, Infinity), fc.double()),
    stages: fc.array(fc.oneof(fc.constant('10s:5'), fc.record({ duration: fc.constantFrom('0s', '5s', 1.5), target: fc.double({ min: 0, max: 1e6, noNaN: true }) }))),
    connections: fc.oneof(fc.integer(), fc.constantFrom('1,000', '2k')),
    duration: fc.oneof(fc.constantFrom('90', '1m30s', '5min', 0.0015), fc.double()),
    requests: fc.oneof(fc.integer(), fc.double()),
    ramp: fc.constantFrom('1s', '1h'),
    warmup: fc.constantFrom('5s', 2),
    maxInFlight: fc.integer(),
  }, { requiredKeys: [] })
  const anyRequest = fc.record({
    url: fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string(), fc.constantFrom('localhost:80/x', '[::1]:80', 'ex.ample/ä?b#c')),
    method: fc.constantFrom('get', 'POST', 'PATCH', 'x y'),
    headers: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
    body: fc.string({ unit: 'binary' }),
    bodyBase64: fc.base64String(),
  }, { requiredKeys: ['url'] })
  const likely = fc.record({
    name: fc.string(),
    load: anyLoad,
    request: anyRequest,
    checks: fc.array(fc.constantFrom('status in 2xx', 'size < 1.5kb', 'x')),
    thresholds: fc.array(fc.constantFrom('avg<1.5s', 'checks:rate>0.9', 'y<1')),
    transport: fc.record({ timeout: fc.constantFrom('1s', 0.5, '2h'), proxy: fc.constantFrom('http://u:p@h:1', 'h:3128', 'x y'), insecure: fc.boolean() }, { requiredKeys: [] }),
    tags: fc.dictionary(fc.string(), fc.string()),
  }, { requiredKeys: ['load', 'request'] })
  const goodRequest = fc.record({
    url: fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.constantFrom('localhost:80/x', '[::1]:80', 'ex.ample/ä?b#c')),
    method: fc.constantFrom('get', ' POST ', 'Patch'),
    headers: fc.dictionary(fc.stringMatching(/^[a-z-]{1,8}$/), fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1 }), fc.integer())),
    body: fc.string({ unit: 'grapheme' }),
  }, { requiredKeys: ['url'] })
  const good = fc.tuple(fc.constantFrom<unknown>({ rate: '1,200', duration: 90 }, { stages: ['0s:500', '10s:0'] }, { connections: '2k', requests: 10, duration: '1.5h' }, { rate: 1 / 3, requests: '1M', warmup: 0.0015 }), goodRequest)
    .map(([anyOfLoads, one]) => ({ load: anyOfLoads, request: one }))

  it('never throws and always says what would be right, whatever comes', () => {
    const deep = fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true, withObjectString: true, withTypedArray: true, key: fc.oneof(fc.string(), fc.constantFrom('load', 'request', 'url', 'headers', '__proto__', 'constructor')) })
    fc.assert(fc.property(fc.oneof(deep, likely), (input) => {
      const parsed = parseTaskSpec(input)
      if (!parsed.ok) for (const problem of parsed.problems) expect(problem.hint).toBeTruthy()
    }), { numRuns: 1500 })
  })

  it('changes nothing in what has passed it', () => {
    let passed = 0
    fc.assert(fc.property(fc.oneof(likely, good), (input) => {
      const parsed = parseTaskSpec(input)
      if (!parsed.ok) return
      passed += 1
      const again = parseTaskSpec(JSON.parse(JSON.stringify(parsed.value)))
      expect(again.ok && again.value).toEqual(parsed.value)
      expect(JSON.stringify(again.ok && again.value)).toBe(JSON.stringify(parsed.value))
    }), { numRuns: 1500 })
    expect(passed).toBeGreaterThan(300)
  })

  it('survives input that throws when it is looked at', () => {
    const trap = { get load() { throw new Error('boo') } }
    expect(parseTaskSpec(trap)).toMatchObject({ ok: false })
    const cycle: Record<string, unknown> = {}
    cycle['load'] = cycle
    expect(parseTaskSpec(cycle)).toMatchObject({ ok: false })
  })
})
