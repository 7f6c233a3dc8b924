import { expect, test } from 'vitest'
import { runCli, summaryOf, temporaryFolder } from '../support/cli.ts'
import { startTarget } from '../support/scripted-target.ts'

/** Within a share of the truth, above it by the drain of what was queued. */
function expectNear(value: number | null, truth: number): void {
  expect(value).toBeGreaterThan(truth * 0.9)
  expect(value).toBeLessThan(truth * 1.15)
}

test('a target that freezes 500 ms in every 5 s shows in the response time, and is hidden in the service time', async () => {
  const folder = temporaryFolder()
  const target = await startTarget('stall')
  try {
    const ended = await runCli(['run', target.url, '-r', '1000', '-d', '20s', '-c', '50', '--json'], { dataDir: folder.path })
    const summary = summaryOf(ended)
    expect(summary.ledger).toMatchObject({ planned: 20_000, started: 20_000, completed: 20_000, dropped: 0, failed: 0 })
    expect(await target.requests()).toBe(20_000)
    expectNear(summary.responseTime.p95, 250)
    expectNear(summary.responseTime.p99, 450)
    expectNear(summary.responseTime.max, 500)
    expect(summary.serviceTime.p95).toBeLessThan(125)
  } finally {
    await target.stop()
    folder.remove()
  }
})
