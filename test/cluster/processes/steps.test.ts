import { expect, test } from 'vitest'
import { scene } from '../../support/cluster-scene.ts'
import { resultOf, startRun } from '../../support/cluster-runs.ts'
import { expectBalanced } from '../../support/run-expectations.ts'
import { startShop } from '../../support/shop.ts'

const USERS = 900

/** The shop itself judges: it knows whose token and whose cookie each is, and counts who ordered. */
test.concurrent('login, list, order on two workers: no row is used twice, no token is seen with another’s user, and the ledger is the shop’s', () => scene(async ({ cluster }) => {
  const shop = await startShop()
  try {
    const serve = await cluster.serve('console')
    await Promise.all([cluster.worker('one'), cluster.worker('two')])
    await cluster.joined(serve, 'console', 'one', 'two')
    const names = Array.from({ length: USERS }, (_, i) => `user${i}`)
    const { runId } = await startRun(serve, {
      name: 'shopping',
      load: { rate: 300, duration: '3s' },
      data: { users: { csv: 'users.csv', mode: 'unique', content: `name\n${names.join('\n')}\n` } },
      steps: [
        { name: 'login', request: { method: 'POST', url: `${shop.url}/login`, body: '{"user":"{{users.name}}"}' }, extract: { token: '$.token', user: '$.user' }, thinkTime: '50ms-150ms' },
        { name: 'list', request: { url: `${shop.url}/orders`, headers: { authorization: 'Bearer {{step.token}}' } }, extract: { id: '$.orders[0].id' } },
        { name: 'order', request: { method: 'POST', url: `${shop.url}/orders`, headers: { authorization: 'Bearer {{step.token}}' }, body: '{"user":"{{step.user}}","order":"{{step.id}}"}' }, checks: ['status == 201'] },
      ],
    })
    const summary = await resultOf(serve, runId)

    expectBalanced(summary)
    expect(shop.book.mixed).toEqual([])
    expect(summary.errors).toEqual([])
    expect(summary.ledger).toMatchObject({ planned: USERS, started: USERS, completed: USERS, failed: 0, lost: 0 })
    expect([...shop.book.logins.keys()].sort()).toEqual([...names].sort())
    expect([...shop.book.logins.values(), ...shop.book.orders.values()].every((count) => count === 1)).toBe(true)
    expect(shop.book.orders.size).toBe(USERS)
    expect(summary.requests.sent).toBe(3 * USERS)
    expect(shop.book.requests).toBe(3 * USERS)
    expect(summary.steps.map(({ name, requests, failed }) => [name, requests, failed])).toEqual([['login', USERS, 0], ['list', USERS, 0], ['order', USERS, 0]])
    expect(summary.nodes.filter(({ name, started }) => name !== 'console' && started > 0)).toHaveLength(2)
  } finally {
    await shop.stop()
  }
}))
