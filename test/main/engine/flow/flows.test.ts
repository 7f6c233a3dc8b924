import { describe, expect, it, onTestFinished } from 'vitest'
import { imbalanceOf } from '../../../../src/shared/results/node-total.ts'
import { runFlow } from '../../../support/flow-run.ts'
import { startShop } from '../../../support/shop.ts'

/** Iterations of several steps through the whole engine, against servers of node:http and node:http2. */

type Protocol = Parameters<typeof startShop>[0]

async function shop(protocol: Protocol = 'http1', delayMs = 0) {
  const server = await startShop(protocol, delayMs)
  onTestFinished(server.stop)
  return server
}

const users = (count: number): object => {
  const names = Array.from({ length: count }, (_, i) => `user${i}`)
  return { users: { csv: 'users.csv', columns: ['name'], rows: count, content: `name\n${names.join('\n')}\n`, mode: 'unique' } }
}

function shopping(url: string): Record<string, unknown>[] {
  return [
    { name: 'login', request: { method: 'POST', url: `${url}/login`, headers: { 'content-type': 'application/json' }, body: '{"user":"{{users.name}}"}' }, extract: { token: '$.token', user: '$.user' } },
    { name: 'list', request: { url: `${url}/orders`, headers: { authorization: 'Bearer {{step.token}}' } }, extract: { id: '$.orders[0].id', next: 'header x-next "/orders/(.*)"', sid: 'cookie sid' }, checks: ['$.user exists'] },
    { name: 'order', request: { method: 'POST', url: `${url}/orders?of={{step.next}}`, headers: { authorization: 'Bearer {{step.token}}', 'content-type': 'application/json' }, body: '{"user":"{{step.user}}","order":"{{step.id}}"}' }, checks: ['status == 201'] },
  ]
}

describe('login, list, order', () => {
  it.each<[string, Protocol, object, string]>([
    ['HTTP/1.1', 'http1', {}, 'http1'],
    ['HTTP/2 without TLS', 'h2c', { protocol: 'http2' }, 'http2'],
    ['HTTP/2 that the server is asked for', 'h2', {}, 'http2'],
    ['the lane of redirects', 'http1', { follow: true }, 'undici'],
  ])('over %s: each row is used once, what steps learn is never mixed, and both sides count the same', async (_, protocol, transport, lane) => {
    const { url, book } = await shop(protocol)
    const run = await runFlow({ load: { rate: 400, duration: '500ms', connections: 20 }, steps: shopping(url), data: users(200), transport }, { threads: 2 })
    expect(run.lane.lane).toBe(lane)
    expect(book.mixed).toEqual([])
    expect(run.aggregate.errors()).toEqual([])
    expect(run.aggregate.ledger()).toMatchObject({ planned: 200, started: 200, completed: 200, failed: 0 })
    expect(run.aggregate.sent().requests).toBe(600)
    expect(book.requests).toBe(600)
    expect([...book.logins.values()].every((count) => count === 1)).toBe(true)
    expect([...book.orders.values()]).toEqual(Array.from({ length: 200 }, () => 1))
    expect(run.aggregate.statusCodes()).toEqual({ 200: 400, 201: 200 })
    expect(run.aggregate.steps().map(({ name, requests, failed }) => [name, requests, failed])).toEqual([['login', 200, 0], ['list', 200, 0], ['order', 200, 0]])
    expect(run.aggregate.checks()).toContainEqual({ expression: 'list: $.user exists', passed: 200, failed: 0 })
  })

  it('virtual users go round, on connections of their own', async () => {
    const { url, book } = await shop()
    const { aggregate, samples } = await runFlow({ load: { connections: 5, requests: 60 }, steps: shopping(url), data: users(60) })
    expect(aggregate.ledger()).toMatchObject({ completed: 60, failed: 0 })
    expect(book.orders.size).toBe(60)
    expect(Math.max(...samples.map(({ connections }) => connections))).toBeLessThanOrEqual(5)
  })

  it('times of an iteration hold those of its steps', async () => {
    const { url } = await shop('http1', 20)
    const { aggregate } = await runFlow({ load: { rate: 100, duration: '500ms' }, steps: shopping(url), data: users(50) })
    const [login] = aggregate.steps()
    expect(login!.responseTime.min).toBeGreaterThanOrEqual(19)
    expect(aggregate.time('response').min).toBeGreaterThanOrEqual(57_000)
    expect(aggregate.time('service').min).toBeGreaterThanOrEqual(57_000)
    expect(aggregate.time('service').max!).toBeLessThanOrEqual(aggregate.time('response').max!)
  })
})

describe('a failing step', () => {
  const at = (url: string, status: number, more: object = {}): Record<string, unknown> => ({ name: `s${status}`, request: { url: `${url}/status?of=${status}` }, ...more })

  it('ends its iteration, which has failed under its name', async () => {
    const { url, book } = await shop()
    const { aggregate } = await runFlow({ load: { rate: 80, duration: '500ms' }, steps: [at(url, 200), at(url, 503), at(url, 201)] })
    expect(aggregate.ledger()).toMatchObject({ planned: 40, completed: 40, failed: 40 })
    expect(book.requests).toBe(80)
    expect(aggregate.errors()).toMatchObject([{ kind: 'check', status: 503, message: 's503: 503 Service Unavailable', count: 40, samples: [{ method: 'GET', url: `${url}/status?of=503`, body: '{}' }, {}, {}, {}, {}] }])
    expect(aggregate.steps().map(({ requests, failed }) => [requests, failed])).toEqual([[40, 0], [40, 40], [0, 0]])
  })

  it('counts for itself alone where the iteration is to go on', async () => {
    const { url, book } = await shop()
    const { aggregate } = await runFlow({ load: { rate: 80, duration: '500ms' }, steps: [at(url, 500, { onFailure: 'continue' }), at(url, 200)] })
    expect(aggregate.ledger()).toMatchObject({ completed: 40, failed: 0 })
    expect(aggregate.steps().map(({ requests, failed }) => [requests, failed])).toEqual([[40, 40], [40, 0]])
    expect(book.requests).toBe(80)
  })

  it('is one in which nothing was found that later steps need, and those are not sent without it', async () => {
    const { url, book } = await shop()
    const steps = [at(url, 200, { extract: { id: '$.id' }, onFailure: 'continue' }), { name: 'use', request: { url: `${url}/status?of=200&id={{step.id}}` } }]
    const { aggregate } = await runFlow({ load: { rate: 40, duration: '500ms' }, steps })
    expect(aggregate.errors().map(({ kind, message, count }) => [kind, message, count])).toEqual([['check', 's200: nothing found for id ($.id)', 20], ['check', 'use: not sent: step.id has no value', 20]])
    expect(aggregate.ledger()).toMatchObject({ completed: 20, failed: 20 })
    expect(book.requests).toBe(20)
  })

  it('is one whose server cannot be reached', async () => {
    const { url, book } = await shop()
    const { aggregate } = await runFlow({ load: { rate: 40, duration: '500ms' }, steps: [at(url, 200), { name: 'gone', request: { url: 'http://127.0.0.1:1/' } }] })
    expect(aggregate.errors()).toMatchObject([{ kind: 'refused', count: 20 }])
    expect(aggregate.errors()[0]!.message).toMatch(/^gone: /)
    expect(aggregate.ledger()).toMatchObject({ started: 20, completed: 20, failed: 20 })
    expect(book.requests).toBe(20)
  })
})

describe('what a step may be', () => {
  it('HEAD and GET go over the same connections, and each answer is read as what it is', async () => {
    for (const [protocol, transport] of [['http1', {}], ['h2c', { protocol: 'http2' }], ['http1', { follow: true }]] as const) {
      const { url } = await shop(protocol)
      const steps = [{ name: 'head', request: { method: 'HEAD', url: `${url}/head` }, extract: { n: 'header x-number' } }, { name: 'get', request: { url: `${url}/status?of=20{{step.n}}` }, checks: ['status == 207', 'body == "{}"'] }]
      const { aggregate } = await runFlow({ load: { connections: 1, requests: 30 }, steps, transport })
      expect(aggregate.errors()).toEqual([])
      expect(aggregate.ledger()).toMatchObject({ completed: 30, failed: 0 })
    }
  })

  it('a cookie that a redirect sets is sent to where it leads, and to later steps', async () => {
    const { url, book } = await shop()
    const steps = [{ name: 'form', request: { url: `${url}/form?user=ada` }, checks: ['$.user == "ada"'] }, { name: 'again', request: { url: `${url}/welcome` } }]
    const { aggregate } = await runFlow({ load: { rate: 40, duration: '500ms' }, steps, transport: { follow: true } })
    expect(aggregate.errors()).toEqual([])
    expect(book.mixed).toEqual([])
    expect(aggregate.sent().requests).toBe(60)
    expect(aggregate.steps().map(({ requests }) => requests)).toEqual([20, 20])
  })

  it('without a jar cookies are not sent back', async () => {
    const { url, book } = await shop()
    const { aggregate } = await runFlow({ load: { rate: 20, duration: '500ms' }, cookies: false, steps: [{ name: 'form', request: { url: `${url}/form?user=ada` } }, { name: 'again', request: { url: `${url}/welcome` } }] })
    expect(aggregate.ledger()).toMatchObject({ completed: 10, failed: 10 })
    expect(book.mixed).toHaveLength(10)
  })

  it('one of several targets, each over its own lane', async () => {
    const [plain, secure] = [await shop(), await shop('h2')]
    const steps = [{ name: 'a', request: { url: `${plain.url}/status?of=200` } }, { name: 'b', request: { url: `${secure.url}/status?of=200` } }]
    const { aggregate, lane } = await runFlow({ load: { rate: 100, duration: '500ms' }, steps })
    expect(lane).toEqual({ lane: 'http1', reason: 'plain HTTP/1.1 request; http2 for other targets: the server speaks HTTP/2' })
    expect(aggregate.ledger()).toMatchObject({ completed: 50, failed: 0 })
    expect([plain.book.requests, secure.book.requests]).toEqual([50, 50])
  })

  it('drawn by weight: each iteration executes one, the same whoever executes it', async () => {
    const { url } = await shop()
    const steps = [{ name: 'often', weight: 3, request: { url: `${url}/status?of=200` } }, { name: 'seldom', request: { url: `${url}/status?of=204` } }]
    const task = { load: { rate: 800, duration: '500ms' }, stepOrder: 'weighted', steps }
    const [one, two] = [await runFlow(task), await runFlow(task, { threads: 2 })]
    const counts = one.aggregate.steps().map(({ requests }) => requests)
    expect(two.aggregate.steps().map(({ requests }) => requests)).toEqual(counts)
    expect(counts[0]! + counts[1]!).toBe(400)
    expect(counts[0]).toBeGreaterThan(260)
    expect(counts[0]).toBeLessThan(340)
  })
})

describe('the end of a run', () => {
  it('pauses are waited for, and a stop gives up who still pauses: every iteration is accounted for', async () => {
    const { url } = await shop()
    const steps = [{ name: 'a', thinkTime: '300ms-700ms', request: { url: `${url}/status?of=200` } }, { name: 'b', request: { url: `${url}/status?of=200` } }]
    const whole = await runFlow({ load: { rate: 80, duration: '500ms' }, steps })
    expect(whole.aggregate.ledger()).toMatchObject({ planned: 40, completed: 40, failed: 0 })
    expect(whole.aggregate.time('response').min).toBeGreaterThanOrEqual(300_000)
    expect(whole.aggregate.time('service').max).toBeLessThan(300_000)
    const stopped = await runFlow({ load: { rate: 40, duration: '5s' }, steps: [{ ...steps[0], thinkTime: '30s' }, steps[1]] }, { stop: { atMs: 1000, graceMs: 200 } })
    expect(stopped.aggregate.ledger()).toMatchObject({ planned: 40, started: 40, completed: 0, cancelled: 40 })
    expect(imbalanceOf(stopped.aggregate.ledger())).toBeNull()
  })

  it('virtual users pause after their last step, too', async () => {
    const { url } = await shop()
    const { aggregate } = await runFlow({ load: { connections: 2, duration: '1s' }, steps: [{ name: 'a', thinkTime: '300ms', request: { url: `${url}/status?of=200` } }] })
    const { completed } = aggregate.ledger()
    expect(completed).toBeGreaterThanOrEqual(4)
    expect(completed).toBeLessThanOrEqual(8)
  })
})
