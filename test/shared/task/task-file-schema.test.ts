import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { taskFileSchema } from '../../../src/shared/task/task-file-schema.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

const schema = taskFileSchema()
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true, formats: {}, keywords: [] }).compile(schema)
const load = { rate: 1, duration: '1s' }
const request = { url: 'http://x/' }

/** What the schema holds against a task; empty: nothing. */
function complaints(task: unknown): string[] {
  return validate(task) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const text = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

describe('the JSON Schema of the task file', () => {
  it('is the one that is shipped (npm run schema writes it)', () => {
    expect(JSON.parse(text('resources/task.schema.json'))).toEqual(JSON.parse(JSON.stringify(schema)))
  })

  it('describes every field that a task has', () => {
    const undescribed = (node: Record<string, unknown>, path: string): string[] => {
      const own = Object.entries((node['properties'] ?? {}) as Record<string, Record<string, unknown>>)
      return own.flatMap(([name, field]) => {
        const at = `${path}/${name}`
        const below = field['properties'] !== undefined ? undescribed(field, at) : []
        return field['description'] === undefined && field['properties'] === undefined ? [at, ...below] : below
      })
    }
    expect(undescribed(schema, '')).toEqual([])
  })

  const fences = (path: string): string[] => [...text(path).matchAll(/^```(?:yaml|json)\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
  const examples = ['docs/tasks.md', 'README.md', 'docs/cluster.md'].flatMap((path) => fences(path).flatMap((code) => parseAllDocuments(code).map((document) => [path, document.toJS() as Record<string, unknown>] as const)))
  const tasks = examples.filter(([, task]) => ['load', 'request', 'steps', 'data', 'auth', 'transport'].some((key) => Object.hasOwn(task, key)))

  it('passes every task of the documents, whole or in part', () => {
    expect(tasks.length).toBeGreaterThanOrEqual(4)
    for (const [path, task] of tasks) expect([path, complaints({ load, ...(Object.hasOwn(task, 'steps') ? {} : { request }), ...task })]).toEqual([path, []])
  })

  it.each<[string, unknown]>([
    ['a rate with units', { load: { rate: '30000 req/m', duration: '1h30m' }, request }],
    ['a grouped rate', { load: { rate: '1,200', duration: 90 }, request }],
    ['a rate and a count', { load: { rate: '12k', requests: '1,000' }, request }],
    ['stages in both forms', { load: { stages: ['30s:500', { duration: '0s', target: 0 }], connections: 10 }, request }],
    ['connections alone', { load: { connections: 5, requests: 10, duration: '1m' }, request }],
    ['headers of all kinds', { load, request: { url: 'x', headers: { a: 'b', 'x-n': 1, c: ['d', 2] } } }],
    ['checks of all kinds', { load, request, checks: ['status in 2xx', '$.a == 1', 'Body contains "x"', 'header etag exists', 'size<1kb', 'duration < 1s'] }],
    ["k6's thresholds", { load, request, thresholds: ['http_req_duration:p(95)<500', 'p99.9<1s'] }],
    ['the place of the schema', { $schema: './task.schema.json', load, request }],
    ['steps', { load, steps: [{ name: 'login', request: { url: 'http://x/', method: 'POST', form: { a: ['1', 2] } }, extract: { token: '$.token' }, thinkTime: '1s-3s' }, { request: { url: 'http://x/{{step.token}}' }, thinkTime: 2, onFailure: 'continue' }] }],
    ['steps that are drawn', { load, stepOrder: 'weighted', steps: [{ name: 'a', request, weight: 3 }, { name: 'b', request, weight: '1' }] }],
    ['authorization', { load, request, auth: { type: 'api-key', name: 'X-Key', value: 'v' } }],
    ['bytes over TCP', { load, request: { url: 'tcp://h:1', sendHex: '0d:0A', expect: 'bytes 7' } }],
  ])('passes %s, as the product does', (_, task) => {
    expect(complaints(task)).toEqual([])
    expect(parseTaskSpec(task)).toMatchObject({ ok: true })
  })

  it.each<[string, unknown, string]>([
    ['no load', { request }, "required property 'load'"],
    ['nothing that says how much', { load: {}, request }, '/load'],
    ['a rate without an end', { load: { rate: 1 }, request }, '/load'],
    ['rate and stages', { load: { rate: 1, duration: '1s', stages: ['1s:1'] }, request }, '/load'],
    ['a rate, a duration and a count', { load: { rate: 1, duration: '1s', requests: 1 }, request }, '/load'],
    ['a ramp without a rate', { load: { connections: 1, duration: '1s', ramp: '1s' }, request }, '/load'],
    ['words for a rate', { load: { rate: 'fast', duration: '1s' }, request }, '/load/rate'],
    ['a rate below the least', { load: { rate: 0, duration: '1s' }, request }, '/load/rate'],
    ['a unit that is none', { load: { rate: 1, duration: '5min' }, request }, '/load/duration'],
    ['half a connection', { load: { connections: 1.5, duration: '1s' }, request }, '/load/connections'],
    ['a stage of three parts', { load: { stages: ['1s:1:1'] }, request }, '/load/stages/0'],
    ['spacing that is unknown', { load: { ...load, arrivals: 'even' }, request }, '/load/arrivals'],
    ['a field that is none', { load, request, threshold: ['p99<1s'] }, 'additional properties'],
    ['a field in the wrong place', { load, request: { ...request, rate: 1 } }, '/request'],
    ['no URL', { load, request: { method: 'GET' } }, '/request'],
    ['a method with a space', { load, request: { url: 'x', method: 'GET /' } }, '/request/method'],
    ['a header name with a space', { load, request: { url: 'x', headers: { 'a b': 'c' } } }, '/request/headers'],
    ['a header that is an object', { load, request: { url: 'x', headers: { a: {} } } }, '/request/headers/a'],
    ['a body that is an object', { load, request: { url: 'x', body: {} } }, '/request/body'],
    ['base64 that is none', { load, request: { url: 'x', bodyBase64: '***' } }, '/request/bodyBase64'],
    ['a check of nothing', { load, request, checks: ['stauts == 200'] }, '/checks/0'],
    ['a threshold without a bound', { load, request, thresholds: ['p99 = 200ms'] }, '/thresholds/0'],
    ['a certificate without its key', { load, request, transport: { cert: '-----BEGIN CERTIFICATE-----' } }, '/transport'],
    ['a path instead of PEM', { load, request, transport: { cacert: './ca.pem' } }, '/transport/cacert'],
    ['a version of HTTP that is none', { load, request, transport: { protocol: 'http3' } }, '/transport/protocol'],
    ['a variable name with a space', { load, request, vars: { 'a b': '1' } }, '/vars'],
    ['data of two kinds', { load, request, data: { users: { csv: 'a', jsonl: 'b' } } }, '/data/users'],
    ['data of no kind', { load, request, data: { users: { mode: 'unique' } } }, '/data/users'],
    ['a mode that is none', { load, request, data: { users: { csv: 'a', mode: 'once' } } }, '/data/users/mode'],
    ['neither a request nor steps', { load }, "required property 'request'"],
    ['a step without a request', { load, steps: [{ name: 'a' }] }, '/steps/0'],
    ['steps that are none', { load, steps: [] }, '/steps'],
    ['a weight of nothing', { load, stepOrder: 'weighted', steps: [{ request, weight: 0 }] }, '/steps/0/weight'],
    ['an order that is none', { load, steps: [{ request }], stepOrder: 'random' }, '/stepOrder'],
    ['authorization without a secret', { load, request, auth: { type: 'bearer' } }, '/auth'],
    ['a list', [], 'must be object'],
    ['another schema', { schema: 'stampede.task/9', load, request }, '/schema'],
  ])('refuses %s, as the product does', (_, task, where) => {
    expect(complaints(task).join('\n')).toContain(where)
    expect(parseTaskSpec(task).ok).toBe(false)
  })

  it('refuses nothing that the product takes', () => {
    const amount = fc.constantFrom(1, 500, '12k', '500/s', '1,200', '.5k', 'x', -1, '30000/m', '10 rps')
    const length = fc.constantFrom('30s', '1m30s', 5, '5min', '', '1.5h', '500ms', '0s')
    const anyLoad = fc.record({ rate: amount, connections: amount, duration: length, requests: amount, ramp: length, warmup: length, stages: fc.array(fc.record({ duration: length, target: amount }), { maxLength: 2 }) }, { requiredKeys: [] })
    fc.assert(fc.property(anyLoad, (one) => {
      const task = { load: one, request }
      if (parseTaskSpec(task).ok) expect(complaints(task)).toEqual([])
    }), { numRuns: 500 })
  })
})
