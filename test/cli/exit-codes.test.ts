import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

describe('the exit code says how the run ended', () => {
  test('0 when every threshold holds', async () => {
    const ended = await runCli(['run', nginx.url, '-r', '100', '-d', '2s', '--threshold', 'errors<1%', '--allow-saturated', '--json'], options)
    expect(summaryOf(ended).verdict).toBe('passed')
    expect(ended.code).toBe(0)
  })

  test('99 when a threshold fails, also one in the words of k6', async () => {
    const ended = await runCli(['run', `${nginx.url}busy`, '-r', '100', '-d', '2s', '--threshold', 'http_req_failed:rate<0.01', '--allow-saturated', '--json'], options)
    const summary = summaryOf(ended)
    expect(summary.verdict).toBe('failed')
    expect(summary.errors[0]).toMatchObject({ kind: 'check', status: 503, count: 200 })
    expect(ended.code).toBe(99)
  })

  test('99 when more failed than the node lets go on: the run is stopped long before its end', async () => {
    const ended = await runCli(['run', `${nginx.url}busy`, '-r', '100', '-d', '5m', '--stop-at-errors', '50%', '--allow-saturated', '--json'], options)
    const summary = summaryOf(ended)
    expect(summary).toMatchObject({ verdict: 'failed', imbalance: null, thresholds: [] })
    expect(summary.reason).toMatch(/^Stopped at 00:\d\d: 100% of the last five seconds failed, more than the limit of 50%\.$/)
    expect(summary.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['error-limit', 'stop-requested']))
    expect(ended.code).toBe(99)
  })

  test('99 long before its end when a threshold fails and the task wants the run ended by that', async () => {
    const ended = await runCli(['run', `${nginx.url}busy`, '-r', '100', '-d', '5m', '--threshold', 'errors<1%', '--abort-on-fail', '--allow-saturated', '--json'], options)
    const summary = summaryOf(ended)
    expect(summary).toMatchObject({ verdict: 'failed', imbalance: null, thresholds: [{ ok: false }] })
    expect(summary.run.durationMs).toBeLessThan(60_000)
    expect(ended.code).toBe(99)
  })

  test('98 when the generator gave way, and the sentence names it', async () => {
    const ended = await runCli(['run', nginx.url, '-r', '150000', '-d', '4s', '--threads', '1', '--json'], options)
    const summary = summaryOf(ended)
    expect(summary.verdict).toBe('not-trustworthy')
    expect(summary.health.ok).toBe(false)
    expect(summary.health.problems[0]?.node).toBeTruthy()
    expect(ended.code).toBe(98)
  })

  test('a slow target with an idle generator is the target’s fault, not the generator’s', async () => {
    const target = await startTarget('slow')
    try {
      const ended = await runCli(['run', target.url, '-r', '4000', '-d', '5s', '--json'], options)
      const summary = summaryOf(ended)
      expect(summary.health.problems).toEqual([])
      expect(summary.verdict).not.toBe('not-trustworthy')
      expect(summary.reason).toMatch(/target/i)
    } finally {
      await target.stop()
    }
  })

  test('4 when nothing answered', async () => {
    const ended = await runCli(['run', 'http://127.0.0.1:1/', '-r', '50', '-d', '1s', '--json'], options)
    const summary = summaryOf(ended)
    expect(summary.errors[0]?.kind).toBe('refused')
    expect(summary.ledger.failed).toBe(50)
    expect(ended.code).toBe(4)
  })

  test('3 when it could not start', async () => {
    const ended = await runCli(['serve', '--port', String(new URL(nginx.url).port)], options)
    expect(ended.stderr).toMatch(/port/i)
    expect(ended.code).toBe(3)
  })

  test('130 after Ctrl-C, with the summary printed', async () => {
    const run = startCli(['run', nginx.url, '-r', '100', '-d', '60s', '--ndjson'], options)
    await run.says(/"atMs":2000/)
    run.child.kill('SIGINT')
    const ended = await run.ended
    const summary = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as ReturnType<typeof summaryOf>
    expect(summary.schema).toBe('stampede.summary/1')
    expect(summary.imbalance).toBeNull()
    expect(ended.code).toBe(130)
  })

  test('143 after SIGTERM', async () => {
    const run = startCli(['run', nginx.url, '-r', '100', '-d', '60s', '--ndjson'], options)
    await run.says(/"atMs":1000/)
    run.child.kill('SIGTERM')
    expect((await run.ended).code).toBe(143)
  })
})

describe('2 for bad input: every problem named with its cure, nothing sent', () => {
  test.each([
    [['run', 'http://127.0.0.1:9/', '-r', '-5'], /--rate: .*0\.1/],
    [['run', 'http://127.0.0.1:9/', '-r', '100', '-d', '5min'], /--duration: .*5m/],
    [['run', 'htp://127.0.0.1/'], /Did you mean http:\/\/127\.0\.0\.1\//],
    [['run', 'http://127.0.0.1:9/', '-H', 'Foo Bar: x'], /--header: .*spaces/],
    [['run', 'http://127.0.0.1:9/', '-H', 'X: a\r\nEvil: b'], /--header: /],
    [['run', 'http://127.0.0.1:9/', '--rte', '5'], /--rate/],
    [['run', 'http://127.0.0.1:9/', '--threshold', 'p99 is nice'], /--threshold: /],
    [['run', 'http://127.0.0.1:9/', '-o', 'pdf=x'], /json/],
    [['run', 'missing.yaml'], /no such file/],
    [['run'], /URL/],
  ])('%j', async (args, message) => {
    const ended = await runCli(args, options)
    expect(ended.stderr).toMatch(message)
    expect(ended.stdout).toBe('')
    expect(ended.code).toBe(2)
  })

  test('all problems of a task file at once, by path', async () => {
    const task = 'schema: stampede.task/1\nname: x\nload: {rate: 0, duraton: 5s}\nrequest: {url: "http://127.0.0.1:70000/"}\n'
    const ended = await runCli(['run', '-'], { ...options, input: task })
    expect(ended.stderr).toMatch(/load\.rate/)
    expect(ended.stderr).toMatch(/Did you mean "?duration"?/)
    expect(ended.stderr).toMatch(/request\.url/)
    expect(ended.code).toBe(2)
  })
})

test('what is piped holds no ANSI, and one plain line per 5 s goes to stderr', async () => {
  const ended = await runCli(['run', nginx.url, '-r', '50', '-d', '5s', '--allow-saturated'], options)
  expect(ended.stdout + ended.stderr).not.toMatch(/\x1b\[/)
  expect(ended.stderr).toMatch(/^00:05 run 50\/50 req\/s/m)
  expect(ended.stdout).toContain('FINISHED')
})
