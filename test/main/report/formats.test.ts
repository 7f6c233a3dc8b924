import { expect, test } from 'vitest'
import { exportRun } from '../../../src/main/report/exports.ts'
import { toBase64 } from '../../../src/shared/base64.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'
import type { Summary } from '../../../src/shared/results/summary.ts'
import { requireTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { specOf } from '../../contract/fixtures.ts'
import { syntheticSummary } from './report-run.ts'

const summary = syntheticSummary(30)
const written = (format: Parameters<typeof exportRun>[0], changes: Partial<Summary> = {}): Promise<string> =>
  exportRun(format, { summary: { ...summary, ...changes }, spec: specOf(), baseline: null }, { language: 'en', now: 0, zone: 'UTC' })

test('junit has one test per threshold and one for whether the result can be believed', async () => {
  const text = await written('junit')
  expect(text.match(/<testcase /g)).toHaveLength(4)
  expect(text).toContain('tests="4" failures="1" errors="0"')
  expect(text).toContain('<failure type="threshold" message="p99&lt;100ms: was 112 ms"/>')
  expect(await written('junit', { verdict: 'not-trustworthy', reason: 'w1 ran out of CPU & more' })).toContain('<error type="not trustworthy" message="w1 ran out of CPU &amp; more"/>')
})

test('junit has a test that failed for a run that was stopped for its errors, though no threshold says so', async () => {
  const text = await written('junit', { thresholds: [], verdict: 'failed', reason: '62% of the last five seconds failed', events: [{ atMs: 5000, kind: 'error-limit', detail: { errorRate: 0.62, limit: 0.5 } }] })
  expect(text).toContain('tests="2" failures="1" errors="0"')
  expect(text).toContain('<failure type="error limit" message="62% of the last five seconds failed"/>')
})

test('markdown fits a comment, and text from outside stays text in it', async () => {
  const text = await written('md', { run: { ...summary.run, name: 'a | b @team <img src=x> [x](javascript:1)' } })
  expect(text).toContain('❌')
  expect(text).toContain('| ❌ | p99 \\< 100 ms | 112 ms |')
  expect(text).not.toMatch(/[^\\]<img|@team/)
  expect(text.length).toBeLessThan(4000)
})

test('csv has a line per second', async () => {
  const lines = (await written('csv')).trimEnd().split('\n')
  expect(lines).toHaveLength(31)
  expect(lines[0]).toBe('atMs,target,planned,started,completed,failed,dropped,p50,p90,p95,p99,max,serviceP99,lagP99,inFlight')
})

test('what k6 hands to handleSummary is there', async () => {
  const { metrics, state, root_group: root } = JSON.parse(await written('k6'))
  expect(metrics.http_req_duration).toMatchObject({ type: 'trend', contains: 'time', values: { med: 6.04, 'p(99)': 112 }, thresholds: { 'p99<100ms': { ok: false } } })
  expect(metrics.http_req_failed.values.passes).toBe(summary.ledger.failed)
  expect(state.testRunDurationMs).toBe(30_000)
  expect(root.checks).toHaveLength(3)
})

test('hgrm lists the percentiles of all responses up to the slowest', async () => {
  const histogram = new Histogram()
  for (let i = 1; i <= 1000; i++) histogram.record(i * 1000)
  const lines = (await written('hgrm', { histogram: toBase64(histogram.encode()) })).split('\n')
  expect(lines[0]).toContain('Value     Percentile TotalCount 1/(1-Percentile)')
  const rows = lines.filter((line) => /^\s+\d/.test(line)).map((line) => line.trim().split(/\s+/).map(Number))
  expect(rows.find(([, part]) => part === 0.5)?.[0]).toBeCloseTo(500, -1)
  expect(rows.at(-1)?.slice(0, 3)).toEqual([1000, 1, 1000])
  expect(rows.every(([, , total], i) => i === 0 || (total ?? 0) >= (rows[i - 1]?.[2] ?? 0))).toBe(true)
  await expect(written('hgrm')).rejects.toThrow('without its histogram')
})

test('the report has a cURL command only where curl can send the same', async () => {
  const html = (task: object): Promise<string> => exportRun('html', { summary, spec: requireTaskSpec({ load: { rate: 1, duration: '1s' }, ...task }), baseline: null }, { language: 'en', now: 0, zone: 'UTC' })
  expect(await html({ request: { url: 'http://h.test/a' } })).toContain('>curl http://h.test/a<')
  expect(await html({ request: { url: 'http://h.test/', multipart: [{ name: 'photo', base64: 'AAAA', filename: 'a.png' }] } })).not.toContain('>curl ')
  expect(await html({ steps: ['a', 'b'].map((name) => ({ name, request: { url: `http://h.test/${name}` } })) })).not.toContain('>curl ')
})

test('no form gives away what opens doors', async () => {
  const spec = specOf({ request: { method: 'POST', url: 'http://user:hunter2@h.test/?token=hunter2', headers: { authorization: 'Bearer hunter2', 'x-api-key': 'hunter2' }, body: '{"password":"hunter2"}' }, vars: { password: 'hunter2' }, env: { TOKEN: 'hunter2' } })
  const source = { summary: { ...summary, run: { ...summary.run, target: spec.request.url } }, spec, baseline: null }
  for (const format of ['html', 'md', 'junit'] as const) {
    const text = await exportRun(format, source, { language: 'en', now: 0, zone: 'UTC' })
    expect(text, format).not.toContain('hunter2')
  }
})
