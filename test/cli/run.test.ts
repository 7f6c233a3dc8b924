import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Summary } from '../../src/shared/results/summary.ts'
import { runCli, startCli, summaryOf, temporaryFolder } from '../support/cli.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { startTarget } from '../support/scripted-target.ts'

const folder = temporaryFolder()
const options = { dataDir: folder.path }
let nginx: Nginx

beforeAll(async () => { nginx = await startNginx() })
afterAll(async () => {
  await nginx.stop()
  folder.remove()
})

/** Runs against nginx and returns the summary with how many requests nginx itself counted meanwhile. */
async function counted(args: string[]): Promise<{ summary: Summary; served: number; code: number | null }> {
  const before = await nginx.requests()
  const ended = await runCli(['run', nginx.url, ...args, '--json'], options)
  return { summary: summaryOf(ended), served: (await nginx.requests()) - before, code: ended.code }
}

function expectBalanced({ ledger, imbalance }: Summary): void {
  expect(imbalance).toBeNull()
  expect(ledger.planned).toBe(ledger.started + ledger.dropped + ledger.lost)
  expect(ledger.started).toBe(ledger.completed + ledger.cancelled)
}

describe('run against nginx: planned, sent and served are one number', () => {
  test('at a constant rate', async () => {
    const { summary, served, code } = await counted(['-r', '1000', '-d', '10s', '--allow-saturated'])
    expectBalanced(summary)
    expect(summary.ledger).toMatchObject({ planned: 10_000, started: 10_000, completed: 10_000, failed: 0 })
    expect(summary.requests.sent).toBe(served)
    // An answer may come after the end of the tenth second: then one more second, in which nothing was due.
    expect(summary.points.slice(0, 10).map((point) => point.planned)).toEqual(Array<number>(10).fill(1000))
    expect(summary.points.slice(10).every((point) => point.planned === 0)).toBe(true)
    expect(code).toBe(0)
  })

  test('with three threads', async () => {
    const { summary, served } = await counted(['-r', '1000', '-d', '3s', '--threads', '3'])
    expectBalanced(summary)
    expect(summary.ledger.planned).toBe(3000)
    expect(summary.requests.sent).toBe(served)
  })

  test('with stages 0 → 2,000 → 500', async () => {
    const { summary, served } = await counted(['-s', '2s:2000', '-s', '2s:500'])
    expectBalanced(summary)
    expect(summary.ledger.planned).toBe(2000 + 2500)
    expect(summary.requests.sent).toBe(served)
  })

  test('with Poisson arrivals, whose total is exact as well', async () => {
    const { summary, served } = await counted(['-r', '1000', '-d', '3s', '--arrivals', 'poisson'])
    expectBalanced(summary)
    expect(summary.ledger.planned).toBe(3000)
    expect(summary.requests.sent).toBe(served)
  })

  test('with a warm-up, which is sent but kept out of the result', async () => {
    const { summary, served } = await counted(['-r', '500', '-d', '2s', '--warmup', '1s'])
    expectBalanced(summary)
    expect(summary.ledger.planned).toBe(1000)
    expect(served).toBe(1500)
  })

  test('in the closed model by count', async () => {
    const { summary, served } = await counted(['-c', '7', '-n', '5000'])
    expectBalanced(summary)
    expect(summary.ledger.completed).toBe(5000)
    expect(served).toBe(5000)
    expect(summary.run.model).toBe('closed')
  })

  test('with the rate changed twice while it runs, from another terminal', async () => {
    const before = await nginx.requests()
    const run = startCli(['run', nginx.url, '-r', '200', '-d', '8s', '--name', 'steered', '--ndjson'], options)
    await run.says(/"atMs":2000/)
    expect((await runCli(['rate', 'steered', '800'], options)).code).toBe(0)
    await run.says(/"atMs":5000/)
    expect((await runCli(['rate', 'steered', '100'], options)).code).toBe(0)
    const ended = await run.ended
    const summary = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as Summary
    expectBalanced(summary)
    expect(summary.events.filter((event) => event.kind === 'rate-changed').map((event) => event.detail['to'])).toEqual([800, 100])
    expect(summary.requests.sent).toBe((await nginx.requests()) - before)
    expect(summary.points.some((point) => point.started === 800)).toBe(true)
  })

  test('with a bound on what this node has in flight: beyond it iterations are dropped and counted', async () => {
    const target = await startTarget('never')
    try {
      const ended = await runCli(['run', target.url, '-r', '100', '-d', '3s', '--timeout', '1s', '--node-max-in-flight', '5', '--allow-saturated', '--json'], options)
      const summary = summaryOf(ended)
      expectBalanced(summary)
      expect(Math.max(...summary.points.map(({ inFlight }) => inFlight))).toBe(5)
      expect(summary.ledger.planned).toBe(300)
      expect(summary.ledger.dropped).toBeGreaterThan(250)
      expect(await target.requests()).toBe(summary.requests.sent)
    } finally {
      await target.stop()
    }
  })
})
