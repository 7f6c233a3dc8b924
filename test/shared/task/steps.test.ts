import { describe, expect, it } from 'vitest'
import { checkLabels, longestThinkMs, stepTasks } from '../../../src/shared/task/steps.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { taskLoad } from '../../../src/shared/task/task-load.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'

const load = { rate: 10, duration: '10s' }
const login = { name: 'login', request: { method: 'POST', url: 'http://shop.test/login', body: '{"user":"{{users.name}}"}' }, extract: { token: '$.token' } }
const list = { name: 'list', request: { url: 'http://shop.test/orders', headers: { authorization: 'Bearer {{step.token}}' } }, thinkTime: '1s - 3s' }
const order = { name: 'order', request: { method: 'POST', url: 'http://shop.test/orders/{{step.token}}' }, checks: ['status == 201'] }
const data = { users: { csv: 'users.csv', columns: ['name'], rows: 5, content: 'name\na\nb\nc\nd\ne\n', mode: 'unique' } }

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

describe('a task with steps', () => {
  it('is canonical, has the request of its first step, and parsing it again changes nothing', () => {
    const spec = accepted({ load, steps: [login, list, order], data })
    expect(spec.name).toBe('shop.test/login')
    expect(spec.request).toEqual({ method: 'POST', url: 'http://shop.test/login', headers: {}, body: '{"user":"{{users.name}}"}' })
    expect(spec.steps).toEqual([{ ...login, request: spec.request }, { ...list, request: { method: 'GET', ...list.request }, thinkTime: '1s-3s' }, { ...order, request: { ...order.request, headers: {} } }])
    expect(accepted(spec)).toEqual(spec)
    expect(accepted({ load, steps: [{ request: { url: 'a.test' } }, { request: { url: 'b.test' } }] }).steps?.map(({ name }) => name)).toEqual(['step 1', 'step 2'])
  })

  it('counts checks step by step, the default on the status where nothing says better', () => {
    const spec = accepted({ load, steps: [login, list, order], data, checks: ['duration < 1s'] })
    expect(checkLabels(spec)).toEqual(['login: duration < 1s', 'login: status < 400', 'list: duration < 1s', 'list: status < 400', 'order: status == 201', 'order: duration < 1s'])
    expect(stepTasks(spec).map(({ request, steps }) => [request.method, steps])).toEqual([['POST', undefined], ['GET', undefined], ['POST', undefined]])
    expect(checkLabels(accepted({ load, request: { url: 'http://a.test/' } }))).toEqual(['status < 400'])
  })

  it('uses the rows that any of its steps names', () => {
    const spec = accepted({ load, steps: [order, login].map(({ request, name }) => ({ name, request: { ...request, url: 'http://shop.test/' } })), data })
    expect(taskLoad(spec).endsWith).toEqual({ name: 'users', rows: 5 })
  })

  it('pauses at most as long as its pauses together, or as the longest where one step is drawn', () => {
    const steps = [{ ...login, thinkTime: '500ms' }, list]
    expect(longestThinkMs(accepted({ load, steps, data }))).toBe(3500)
    expect(longestThinkMs(accepted({ load, stepOrder: 'weighted', steps: [{ ...login, weight: 3 }, { ...list, request: { url: 'http://shop.test/' } }], data }))).toBe(3000)
  })

  const plain = { name: 'a', request: { url: 'http://a.test/' } }
  it.each<[string, object, string, string]>([
    ['no request at all', {}, 'request', 'missing'],
    ['an empty list', { steps: [] }, 'steps', 'at least one'],
    ['a step without a request', { steps: [{ name: 'a' }] }, 'steps[0].request', 'missing'],
    ['a step without a URL', { steps: [{ name: 'a', request: {} }] }, 'steps[0].request.url', 'missing'],
    ['a URL outside of the request', { steps: [{ ...plain, url: 'http://a.test/' }] }, 'steps[0].url', 'Did you mean steps[0].request.url?'],
    ['an unknown key', { steps: [{ ...plain, thinktime: '1s' }] }, 'steps[0].thinktime', 'thinkTime'],
    ['two steps of one name', { steps: [plain, { ...plain }] }, 'steps[1].name', 'Two steps'],
    ['another request beside them', { request: { url: 'http://b.test/' }, steps: [plain] }, 'request', 'differ'],
    ['a value that nobody extracts', { steps: [plain, { name: 'b', request: { url: 'http://a.test/{{step.id}}' } }] }, 'steps[1].request.url', 'No step before this one extracts "id"'],
    ['a value that a later step extracts', { steps: [{ name: 'b', request: { url: 'http://a.test/{{step.id}}' } }, { ...plain, extract: { id: '$.id' } }] }, 'steps[0].request.url', 'No step before'],
    ['a value that is spelt otherwise', { steps: [{ ...plain, extract: { token: '$.t' } }, { name: 'b', request: { url: 'http://a.test/{{step.tokn}}' } }] }, 'steps[1].request.url', 'Did you mean {{step.token}}?'],
    ['an extracted value without steps', { request: { url: 'http://a.test/{{step.id}}' } }, 'request.url', 'No step before'],
    ['an extracted value where one step is drawn', { stepOrder: 'weighted', steps: [{ ...plain, extract: { id: '$.id' } }, { name: 'b', request: { url: 'http://a.test/{{step.id}}' } }] }, 'steps[1].request.url', 'No step before'],
    ['a bad extraction', { steps: [{ ...plain, extract: { id: 'jsonpath $.id' } }] }, 'steps[0].extract.id', 'cannot be extracted'],
    ['a bad name of a value', { steps: [{ ...plain, extract: { '1d': '$.id' } }] }, 'steps[0].extract.1d', 'no name'],
    ['a bad check', { steps: [{ ...plain, checks: ['statsu == 1'] }] }, 'steps[0].checks[0]', 'status'],
    ['a pause that is none', { steps: [{ ...plain, thinkTime: 'soon' }] }, 'steps[0].thinkTime', '500ms'],
    ['a pause that ends before it begins', { steps: [{ ...plain, thinkTime: '3s-1s' }] }, 'steps[0].thinkTime', 'Write 1s-3s'],
    ['a pause of hours', { steps: [{ ...plain, thinkTime: '2h' }] }, 'steps[0].thinkTime', '10m'],
    ['a weight in a sequence', { steps: [{ ...plain, weight: 2 }] }, 'steps[0].weight', 'stepOrder: weighted'],
    ['a weight of nothing', { stepOrder: 'weighted', steps: [{ ...plain, weight: 0 }] }, 'steps[0].weight', 'above 0'],
    ['an order of nothing', { request: { url: 'http://a.test/' }, stepOrder: 'weighted' }, 'stepOrder', 'no steps'],
    ['a jar for nothing', { request: { url: 'http://a.test/' }, cookies: true }, 'cookies', 'Cookie header'],
    ['an order that there is not', { stepOrder: 'random', steps: [plain] }, 'stepOrder', 'weighted'],
    ['a failure that is neither', { steps: [{ ...plain, onFailure: 'retry' }] }, 'steps[0].onFailure', 'stop'],
    ['a step over a WebSocket', { steps: [{ name: 'a', request: { url: 'ws://a.test/' } }] }, 'steps[0].request.url', 'over HTTP'],
    ['what HTTP does not send', { steps: [{ name: 'a', request: { url: 'http://a.test/', send: 'x' } }] }, 'steps[0].request.send', 'Use body'],
    ['a stream as a step', { steps: [{ name: 'a', request: { url: 'http://a.test/', stream: 'sse', expect: 'end' } }] }, 'steps[0].request.stream', 'without steps'],
    ['two bodies', { steps: [{ name: 'a', request: { url: 'http://a.test/', body: '', bodyBase64: '' } }] }, 'steps[0].request.bodyBase64', 'exclude'],
    ['more steps than anybody reads', { steps: Array.from({ length: 101 }, (_, i) => ({ ...plain, name: `s${i}` })) }, 'steps', 'At most 100'],
  ])('%s is refused where it stands', (_, more, path, text) => {
    expect(problemsOf({ load, ...more })[path]).toContain(text)
  })

  it('warns of each step where it stands', () => {
    const { warnings } = parseTaskSpec({ load, steps: [plain, { name: 'b', request: { method: 'GETT', url: 'http://a.test/#x' } }] })
    expect(warnings.map(({ path }) => path)).toEqual(['steps[1].request.method', 'steps[1].request.url'])
  })
})
