import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runCli, summaryOf, temporaryFolder } from '../support/cli.ts'
import { startShop } from '../support/shop.ts'

const folder = temporaryFolder()
const options = { dataDir: folder.path }
let shop: Awaited<ReturnType<typeof startShop>>
let task: string

beforeAll(async () => {
  shop = await startShop()
  writeFileSync(join(folder.path, 'users.csv'), `name\n${Array.from({ length: 40 }, (_, i) => `user${i}`).join('\n')}\n`)
  task = join(folder.path, 'shopping.yaml')
  writeFileSync(task, `
name: shopping
load: { connections: 4, requests: 40 }
data: { users: { csv: users.csv, mode: unique } }
steps:
  - name: login
    request: { method: POST, url: '${shop.url}/login', headers: { x-key: '{{env.KEY}}' }, body: '{"user":"{{users.name}}"}' }
    extract: { token: $.token, user: $.user }
  - name: list
    request: { url: '${shop.url}/orders', headers: { authorization: 'Bearer {{step.token}}' } }
    extract: { id: '$.orders[0].id' }
    checks: ['$.orders[*].id exists']
  - name: order
    request: { method: POST, url: '${shop.url}/orders', headers: { authorization: 'Bearer {{step.token}}' }, body: '{"user":"{{step.user}}","order":"{{step.id}}"}' }
    checks: ['status == 201']
  - name: gone
    request: { url: '${shop.url}/status?of=404' }
    onFailure: continue
env: { KEY: 'never shown' }
`)
})
afterAll(async () => {
  await shop.stop()
  folder.remove()
})
beforeEach(() => Object.assign(shop.book, { requests: 0 }))

test('--explain shows each step with what it extracts and checks, no secret, and sends nothing', async () => {
  const { code, stdout, stderr } = await runCli(['run', task, '--explain', '-c', '2'], options)
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/^--connections = "2" {2}\(flag\)$/m)
  const shown = stdout.slice(stdout.indexOf('\nsteps:\n'))
  expect(shown.match(/^ {2}- name: .*$/gm)).toEqual(['  - name: login', '  - name: list', '  - name: order', '  - name: gone'])
  expect(shown).toMatch(/ {4}extract:\n {6}token: \$\.token\n {6}user: \$\.user\n/)
  expect(shown).toMatch(/ {4}checks:\n {6}- \$\.orders\[\*\]\.id exists\n/)
  expect(shown).toContain('{{step.token}}')
  expect(stdout).toContain('KEY: •••')
  expect(stdout).not.toContain('never shown')
  expect(stdout).not.toMatch(/^request:/m)
  expect(shop.book.requests).toBe(0)
})

test('the summary has a table of the steps, and tells what failed under the name of its step', async () => {
  const { code, stdout } = await runCli(['run', task, '-Q'], options)
  const lines = stdout.split('\n')
  const head = lines.findIndex((line) => /^ {3}steps +requests +failed +p50 +p99 +p99 service$/.test(line))
  expect(head, stdout).toBeGreaterThan(0)
  const time = String.raw`[\d.]+ (?:µs|ms|s)`
  const rows = lines.slice(head + 1, head + 5).map((line) => new RegExp(`^ +(\\w+) +(\\d+) +(\\d+) +${time} +${time} +${time}$`).exec(line)?.slice(1))
  expect(rows, stdout).toEqual([['login', '40', '0'], ['list', '40', '0'], ['order', '40', '0'], ['gone', '40', '40']])
  expect(stdout).toMatch(/gone: 404 Not Found +40 /)
  expect(stdout).toMatch(/✓ list: \$\.orders\[\*\]\.id exists +40$/m)
  expect(stdout).toMatch(/ requests +160 /)
  expect(shop.book).toMatchObject({ requests: 160, mixed: [] })
  expect(code).toBe(0)
})

test('--json has the steps, counted as the server counts them', async () => {
  const before = shop.book.lists
  const { steps, ledger } = summaryOf(await runCli(['run', task, '--json'], options))
  expect(steps.map(({ name, requests, failed }) => [name, requests, failed])).toEqual([['login', 40, 0], ['list', 40, 0], ['order', 40, 0], ['gone', 40, 40]])
  expect(steps.every(({ responseTime, serviceTime }) => responseTime.p50! >= serviceTime.min! && serviceTime.min! > 0)).toBe(true)
  expect(ledger).toMatchObject({ planned: 40, completed: 40 })
  expect(shop.book.lists - before).toBe(40)
})

test('a step that needs what none before it extracts is refused with its place', async () => {
  const wrong = join(folder.path, 'wrong.yaml')
  writeFileSync(wrong, `load: { connections: 1, requests: 1 }\nsteps:\n  - { name: a, request: { url: '${shop.url}/status?of=200' } }\n  - { name: b, request: { url: '${shop.url}/orders/{{step.tokn}}' } }\n`)
  for (const more of [[], ['--explain']]) {
    const { code, stderr } = await runCli(['run', wrong, ...more], options)
    expect(code).toBe(2)
    expect(stderr).toMatch(/steps\[1\].*tokn/s)
  }
  expect(shop.book.requests).toBe(0)
})
