import { compareRuns } from '../../src/shared/compare/compare.ts'
import type { Run } from '../../src/shared/results/run.ts'
import { toBase64 } from '../../src/shared/base64.ts'
import { binHighMs, binLowMs } from '../../src/shared/results/heat.ts'
import { Histogram } from '../../src/shared/results/histogram.ts'
import type { Point, Summary } from '../../src/shared/results/summary.ts'
import { summaryOf } from '../contract/fixtures.ts'
import type { Scene } from './scenes.ts'
import type { Script } from './scripted-bridge.ts'
import { points, random, runView, SPEC } from './synthetic-run.ts'

/** Two runs of one task laid side by side, and a run that goes on or has ended while its task has a baseline. */
export function compareScenes(now: number, withTasks: () => Script, done: () => Scene): Record<string, () => Scene> {
  return {
    compare: () => {
      const script = withTasks()
      const results = [resultOf('r8', 100), resultOf('r9', 192)]
      script.comparison = compareRuns(results.map((summary) => ({ summary, spec: SPEC })))
      script.summaries = new Map(results.map((summary) => [summary.run.id, summary]))
      return { path: '/compare/r8,r9', script }
    },
    baseline: () => ({ path: '/runs/r1', script: withBaseline(withTasks(), now) }),
    'baseline-done': () => {
      const { path, script } = done()
      withBaseline(script, now)
      script.comparison = compareRuns(['r8', 'r1'].map((id, i) => ({ summary: resultOf(id, 100 + 92 * i), spec: SPEC })))
      return { path, script }
    },
  }
}

function withBaseline(script: Script, now: number): Script {
  const view = runView(now)
  const run: Run = { ...view.run, id: 'r8', status: 'finished', verdict: 'passed', startedAt: now - 86_400_000, endedAt: now - 86_100_000, baseline: true }
  const totals = { ...view.totals, achievedRate: 11_980, p50: 5.8, p95: 40.2, p99: 85.5, errorRate: 0.0038 }
  script.runs = [...script.runs, run]
  script.views.set(run.id, { view: { ...view, run, totals, recent: totals }, points: [] })
  return script
}

function resultOf(id: string, seconds: number): Summary {
  const all = points(seconds)
  const histogram = histogramOf(all)
  const at = (p: number): number => (histogram.percentile(p) ?? 0) / 1000
  const [completed, failed] = [all.reduce((sum, point) => sum + point.completed, 0), all.reduce((sum, point) => sum + point.failed, 0)]
  const base = summaryOf(id, 't1', { points: all, histogram: toBase64(histogram.encode()), rate: { target: 8000, achieved: completed / seconds } })
  return {
    ...base,
    run: { ...base.run, name: SPEC.name, target: SPEC.request.url, method: SPEC.request.method, durationMs: seconds * 1000 },
    ledger: { ...base.ledger, planned: completed, started: completed, completed, failed },
    responseTime: { unit: 'ms', min: at(0), mean: (histogram.mean ?? 0) / 1000, p50: at(50), p75: at(75), p90: at(90), p95: at(95), p99: at(99), 'p99.9': at(99.9), 'p99.99': at(99.99), max: at(100) },
  }
}

/** Of each hundred answers one. */
function histogramOf(seconds: readonly Point[]): Histogram {
  const [histogram, rand] = [new Histogram(), random(3)]
  for (const { heat } of seconds) for (let i = 0; i + 1 < heat.length; i += 2) {
    const [low, high] = [binLowMs(heat[i] ?? 0), binHighMs(heat[i] ?? 0)]
    for (let n = 0; n < (heat[i + 1] ?? 0); n += 100) histogram.record(1000 * low * (high / low) ** rand())
  }
  return histogram
}
