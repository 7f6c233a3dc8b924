import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Comparison } from '../../src/shared/compare/compare.ts'
import type { Summary } from '../../src/shared/results/summary.ts'
import { syntheticSummary } from '../main/report/report-run.ts'
import { runCli, temporaryFolder } from '../support/cli.ts'

const folder = temporaryFolder()
const dataDir = folder.path
const file = (name: string): string => join(folder.path, name)

beforeAll(() => {
  const base = syntheticSummary(60)
  const shifted = (by: number): Summary => ({ ...base, responseTime: { ...base.responseTime, p50: 6.04 * by, p99: 112 * by } })
  for (const [name, summary] of Object.entries({ base, same: shifted(1.001), worse: shifted(1.5), other: { ...base, run: { ...base.run, target: 'https://other.test/' } } })) writeFileSync(file(`${name}.json`), JSON.stringify(summary))
})
afterAll(() => folder.remove())

test('compare says what changed beyond noise, and a gate fails only then, or when there is nothing to compare', async () => {
  const compared = (other: string, ...flags: string[]) => runCli(['compare', file('base.json'), file(other), '--lang', 'en', ...flags], { dataDir })
  const worse = await compared('worse.json', '--fail-on', 'worse')
  expect(worse.code).toBe(99)
  expect(worse.stdout).toMatch(/p99\s+112 ms\s+168 ms\s+\+50%\s+±[\d.]+%\s+✕ worse/)
  expect(worse.stdout).not.toContain('\u001b')
  expect((await compared('worse.json')).code).toBe(0)
  expect((await compared('same.json', '--fail-on', 'worse')).code).toBe(0)
  const other = await compared('other.json', '--fail-on', 'worse')
  expect([other.code, other.stdout.includes('Different targets')]).toEqual([2, true])
  const json = JSON.parse((await compared('same.json', '--json')).stdout) as Comparison
  expect(json).toMatchObject({ schema: 'stampede.comparison/1', verdict: 'within-noise' })
})

test('what is no result of a run is refused with a reason', async () => {
  writeFileSync(file('broken.json'), '{"schema":"stampede.summary/1"}')
  writeFileSync(file('not.json'), 'nothing')
  for (const [name, words] of [['broken.json', 'holds no results of a run'], ['not.json', 'is no JSON document']] as const) {
    const ended = await runCli(['report', file(name)], { dataDir })
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(words)])
  }
  expect(await runCli(['compare', file('base.json')], { dataDir })).toMatchObject({ code: 2 })
  expect(await runCli(['report', file('base.json'), '-o', file('x.doc')], { dataDir })).toMatchObject({ code: 2 })
})

test('a run leaves every form of its result, and the next one is measured by it', async () => {
  const forms = { html: '<!doctype html>', md: '### ', junit: '<?xml', csv: 'atMs,', json: '{"schema"', ndjson: '{"atMs"', k6: '{', hgrm: '       Value' }
  const outs = Object.keys(forms).flatMap((form) => ['-o', `${form}=${file(`out.${form}`)}`])
  const first = await runCli(['demo', '-r', '100', '-d', '3s', '-Q', '--lang', 'en', ...outs], { dataDir })
  for (const [form, start] of Object.entries(forms)) expect(readFileSync(file(`out.${form}`), 'utf8').slice(0, 400), form).toContain(start)
  expect(first.stdout).not.toContain('baseline')
  const second = await runCli(['demo', '-r', '100', '-d', '3s', '-Q', '--lang', 'en', '--baseline', 'last', '-o', `md=${file('second.md')}`], { dataDir })
  expect(second.stdout).toMatch(/baseline [0-9A-Z]{8}/)
  expect(readFileSync(file('second.md'), 'utf8')).toContain('| Baseline ')
  const stored = await runCli(['report', 'demo', '--format', 'html', '--lang', 'zh-CN'], { dataDir })
  expect([stored.code, stored.stdout.includes('<html lang="zh-CN">')]).toEqual([0, true])
})

test('a baseline that is not there costs no run', async () => {
  const ended = await runCli(['demo', '-r', '10', '-d', '1s', '-Q', '--baseline', 'nobody'], { dataDir })
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('There is no run "nobody"')])
})
