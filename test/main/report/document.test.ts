import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packReport, summaryIn } from '../../../src/main/report/data.ts'
import { renderReport } from '../../../src/main/report/document.ts'
import { escapeText, html, jsonIn } from '../../../src/main/report/markup.ts'
import type { Summary } from '../../../src/shared/results/summary.ts'
import { reportInput, syntheticSummary } from './report-run.ts'

const HOUR = syntheticSummary(3600)

/** As a browser would read it back. */
function readBack(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}

test('no text can leave its place in the markup, and all of it can be read', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    const { text: markup } = html`<p title="${text}">${text}</p>`
    expect(markup.replace(/&(lt|gt|quot|#39|amp);/g, '').replace(/^<p title="[^"<>]*">[^<>]*<\/p>$/, '')).toBe('')
    expect(readBack(escapeText(text)).length).toBeGreaterThanOrEqual(text.length)
    expect(JSON.parse(jsonIn(text).text)).toBe(text)
    expect(jsonIn(text).text).not.toContain('<')
  }))
})

test('the report of an hour is at most 600 KB', () => {
  const samples = HOUR.errors.flatMap((group) => Array.from({ length: 200 / HOUR.errors.length }, (_, i) => ({ ...group, message: `${group.message} ${i}`, samples: Array.from({ length: 5 }, () => ({ kind: group.kind, status: 500, message: 'm', atMs: 1, method: 'GET', url: 'http://h/', responseTimeMs: 1, head: 'h'.repeat(2048), body: 'b'.repeat(4096) })) })))
  expect(renderReport(reportInput(HOUR)).length).toBeLessThan(600_000)
  // Two hundred kinds of error with samples as large as they are kept: still a file that can be mailed.
  expect(renderReport(reportInput({ ...HOUR, errors: samples })).length).toBeLessThan(1_000_000)
})

test('says which of several nodes saw a failure', () => {
  const [first] = HOUR.errors
  const errors = [{ ...first!, samples: [{ ...first!.samples[0]!, nodeId: HOUR.nodes[1]!.id }] }]
  const articleOf = (nodes: Summary['nodes']): string => /<article><p>.*?<\/p>/s.exec(renderReport(reportInput({ ...HOUR, errors, nodes })))?.[0] ?? ''
  expect(articleOf(HOUR.nodes)).toContain(`, ${HOUR.nodes[1]!.name}</p>`)
  expect(articleOf(HOUR.nodes.slice(1, 2))).not.toContain(HOUR.nodes[1]!.name)
})

test('says in the language of the report also why a run could not be carried out, and why requests failed', () => {
  const failed: Summary = { ...HOUR, errors: [{ ...HOUR.errors[0]!, kind: 'refused', message: 'connection refused', samples: [] }], status: 'failed', sentence: { key: 'verdict.could-not-run', params: { reason: 'w1 did not get ready in time.' } } }
  const [english, chinese] = (['en', 'zh-CN'] as const).map((language) => renderReport(reportInput(failed, { language })).replace(/<script[\s\S]*?<\/script>/g, ''))
  expect(english).toContain('w1 did not get ready in time.')
  expect(chinese).toContain('w1 未能及时就绪。')
  expect(chinese).not.toContain('did not get ready')
  expect(english).toContain('</i>connection refused<')
  expect(chinese).toContain('</i>连接被拒绝<')
})

test('the seconds of an hour keep their extremes and all of their counts', () => {
  const { points } = summaryIn(packReport(reportInput(HOUR)))
  const peak = (summary: readonly Summary['points'][number][]): number => Math.max(...summary.map(({ p99 }) => p99 ?? 0))
  const least = (summary: readonly Summary['points'][number][]): number => Math.min(...summary.map(({ p50 }) => p50 ?? Infinity))
  expect(points.length).toBeLessThanOrEqual(1200)
  expect(peak(points)).toBeCloseTo(peak(HOUR.points), 1)
  expect(least(points)).toBeCloseTo(least(HOUR.points), 1)
  const responses = (all: readonly { heat: number[] }[]): number => all.reduce((sum, { heat }) => sum + heat.reduce((part, n, i) => part + (i % 2 === 1 ? n : 0), 0), 0)
  expect(responses(points)).toBe(responses(HOUR.points))
  const failures = (all: readonly { errors: { count: number }[] }[]): number => all.reduce((sum, { errors }) => sum + errors.reduce((part, { count }) => part + count, 0), 0)
  expect(failures(points)).toBe(failures(HOUR.points))
  for (const { p50, p95, p99, max } of points) expect(p50! <= p95! && p95! <= p99! && p99! <= max!).toBe(true)
})

test('a short run is carried exactly, but for figures per node', () => {
  const summary = syntheticSummary(5)
  const rounded = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? Number(part.toPrecision(4)) : part)))
  expect(rounded(summaryIn(packReport(reportInput(summary))).points)).toEqual(rounded(summary.points.map((point) => ({ ...point, nodes: [] }))))
})

test('the policy allows the script of the report and no other', () => {
  const text = renderReport(reportInput(syntheticSummary(5)))
  const script = /<script>([\s\S]*)<\/script>/.exec(text)?.[1] ?? ''
  expect(script.length).toBeGreaterThan(10_000)
  expect(readBack(text.slice(0, 2000))).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  expect(readBack(text.slice(0, 2000))).toContain("default-src 'none'")
  expect(text).not.toMatch(/(src|href)="?https?:/)
})

test.each([0, 1, 2])('a run of %d seconds has no empty frame', (seconds) => {
  const text = renderReport(reportInput(syntheticSummary(seconds)))
  if (seconds === 0) expect(text).toContain('there is nothing to draw')
  else expect(text).toMatch(/class="dot accent" d="M[\d.]+ [\d.]+h0/)
})

test('both languages say the same figures', () => {
  const summary = syntheticSummary(60)
  const figures = (language: 'en' | 'zh-CN'): string[] => [...renderReport(reportInput(summary, { language })).matchAll(/<d[dt] class="figure">([^<]*)/g)].map(([, figure = '']) => figure)
  expect(figures('zh-CN')).toEqual(figures('en'))
  expect(renderReport(reportInput(summary, { language: 'zh-CN' }))).toContain('<html lang="zh-CN">')
})
