import type { Point } from '../../src/shared/results/summary.ts'
import type { RunView } from '../../src/shared/results/run.ts'
import type { Script } from './scripted-bridge.ts'
import { goingOn, searchViews } from './capacity-scenes.ts'
import { clusterScenes, scriptedNode } from './cluster-scenes.ts'
import { compareScenes } from './compare-scenes.ts'
import { editorScenes } from './editor-scenes.ts'
import { ALONE, emptyScript, scriptedTask } from './scripted-bridge.ts'
import { NO_TOTALS, points, runView, SPEC, withSteps } from './synthetic-run.ts'

/** A state of the product and the place to look at it from. */
export interface Scene {
  path: string
  script: Script
  /** Done once the screen stands. */
  act?: (page: Document) => void
}

const NOW = Date.now()

export const SCENES: Record<string, () => Scene> = {
  live: () => live((view) => view),
  bottleneck: () => live(bottleneck, 192, true),
  target: () => live((view) => ({ ...view, tone: 'warn', sentence: { key: 'live.bound', params: { achieved: '9,870 req/s', target: '12,000 req/s', waiting: '1,846' } }, recent: { ...view.recent, achievedRate: 9870, inFlight: 1846 } })),
  starting: () => live(starting, 0),
  stopping: () => live((view) => ({ ...view, run: { ...view.run, status: 'stopping' }, pending: { order: 'stop', waitingFor: ['w3'], of: 4 } })),
  changing: () => live((view) => ({ ...view, pending: { order: 'rate', waitingFor: ['w1', 'w3'], of: 4, toRate: 15_000 } })),
  short: () => live(short, 2),
  done: () => live(done, 300),
  /** An hour, for the cost of drawing. */
  long: () => live((view) => ({ ...view, plannedMs: 7_200_000, plan: [[0, 12_000], [7_200_000, 12_000]] }), 3600),
  silent: () => live(silent, 30),
  ...compareScenes(NOW, withTasks, () => live(done, 300)),
  steps: () => live(steps, 192, false, withSteps),
  'steps-one': () => ({ ...live(steps, 192, false, withSteps), act: () => void document.querySelectorAll<HTMLElement>('[data-testid="step-result"] button')[2]?.click() }),
  first: () => ({ path: '/tasks', script: emptyScript(NOW) }),
  tasks: () => ({ path: '/tasks', script: withTasks() }),
  palette: () => ({ path: '/tasks', script: withTasks(), act: () => window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true })) }),
  'task-menu': () => ({ path: '/tasks', script: withTasks() }),
  editor: () => ({ path: '/tasks/t2', script: withTasks() }),
  'editor-new': () => ({ path: '/tasks/new', script: withTasks() }),
  history: () => ({ path: '/history', script: withTasks() }),
  'history-empty': () => ({ path: '/history', script: emptyScript(NOW) }),
  nodes: () => ({ path: '/nodes', script: withTasks() }),
  ...clusterScenes(NOW, withTasks),
  capacity: () => ({ path: '/capacity', script: { ...withTasks(), searches: searchViews(NOW) } }),
  'capacity-running': () => ({ path: '/capacity', script: { ...withTasks(), searches: goingOn(NOW) } }),
  'capacity-empty': () => ({ path: '/capacity', script: emptyScript(NOW) }),
  ...editorScenes(NOW, withTasks),
  settings: () => ({ path: '/settings', script: { ...withTasks(), settings: { ...emptyScript(NOW).settings, allowedHosts: ['api.example.com'] } } }),
}

function live(change: (view: RunView) => RunView, seconds = 192, saturated = false, told: (points: Point[]) => Point[] = (points) => points): Scene {
  const script = withTasks()
  script.views.set('r1', { view: change(runView(NOW)), points: told(points(seconds, saturated)) })
  return { path: '/runs/r1', script }
}

function bottleneck(view: RunView): RunView {
  return {
    ...view,
    tone: 'warn',
    sentence: { key: 'live.generator', params: { node: 'w3', detail: 'engine thread at 97% of a core, sends 41 ms late (p99)' } },
    recent: { ...view.recent, achievedRate: 11_107, p50: 7.58, p95: 50.3, p99: 164, lagP99: 41, inFlight: 1846 },
    events: [...view.events, { atMs: 151_000, kind: 'generator-problem', detail: { name: 'w3' } }],
  }
}

function starting(view: RunView): RunView {
  return { ...view, run: { ...view.run, status: 'starting', startedAt: NOW }, elapsedMs: 0, tone: 'pending', sentence: { key: 'verdict.starting', params: {} }, totals: NO_TOTALS, recent: NO_TOTALS, errors: [], statusCodes: {}, events: [], thresholds: view.thresholds.map((result) => ({ ...result, value: null, failingSinceMs: null })), pending: { order: 'start', waitingFor: ['w3'], of: 4 } }
}

/** Two seconds of a 30 s run at a low rate: charts must already say something. */
function short(view: RunView): RunView {
  return { ...view, elapsedMs: 2000, plannedMs: 30_000, plan: [[0, 500], [30_000, 500]], events: [], errors: [], run: { ...view.run, startedAt: NOW - 2000 }, tone: 'ok', sentence: { key: 'live.passing', params: { n: 3 } } }
}

function done(view: RunView): RunView {
  const totals = { ...view.totals, achievedRate: 10_200, targetRate: 10_233, p50: 6.04, p95: 40.2, p99: 112, max: 488 }
  return { ...view, run: { ...view.run, status: 'finished', verdict: 'failed', endedAt: NOW, headline: { targetRate: 10_233, achievedRate: 10_200, p99: 112, errorRate: 0.0042, durationMs: 300_000 } }, elapsedMs: 300_000, totals, recent: totals, sentence: { key: 'verdict.failed', params: { name: 'p99', value: '112 ms', expression: 'p99<100ms' } } }
}

function steps(view: RunView): RunView {
  const distribution = (p50: number, p95: number, p99: number) => ({ unit: 'ms' as const, min: 1, mean: p50, p50, p75: p50, p90: p95, p95, p99, 'p99.9': p99, 'p99.99': p99, max: p99 })
  const row = (name: string, requests: number, failed: number, p50: number, p95: number, p99: number) => ({ name, requests, failed, responseTime: distribution(p50, p95, p99), serviceTime: distribution(p50, p95, p99) })
  return { ...view, steps: [row('login', 590_112, 0, 4.12, 11.3, 24.1), row('list orders', 589_870, 3, 6.4, 38.2, 92.1), row('upload receipt', 588_201, 7418, 22.3, 88.1, 131)] }
}

function silent(view: RunView): RunView {
  const totals = { ...NO_TOTALS, targetRate: 50, achievedRate: 50, planned: 1500, started: 1500, completed: 1500, failed: 1500, errorRate: 1 }
  return { ...view, totals, recent: totals, statusCodes: {}, events: [], errors: [{ kind: 'refused', status: 0, message: 'connect ECONNREFUSED 127.0.0.1:8080', count: 1500, firstAtMs: 12, samples: [] }], sentence: { key: 'live.unanswered', params: { message: 'connect ECONNREFUSED 127.0.0.1:8080' } } }
}

function withTasks(): Script {
  const script = emptyScript(NOW)
  const hour = 3_600_000
  const runs = (id: string, p99s: number[], verdict: 'passed' | 'failed') => p99s.map((p99, i) => ({ runId: `${id}-r${String(i)}`, startedAt: NOW - (i + 1) * 2 * hour, status: 'finished' as const, verdict, p99 }))
  const other = (name: string, method: string, path: string, rate: number, duration: string) => ({ ...SPEC, name, load: { rate, duration }, request: { ...SPEC.request, method, url: `https://staging.shop.test${path}` } })
  script.tasks = [
    { task: scriptedTask('t1', SPEC, NOW, { status: 'running', runId: 'r1' }), recent: [] },
    { task: scriptedTask('t2', other('create-order', 'POST', '/v1/orders?shop=12', 500, '30s'), NOW - hour), recent: [] },
    { task: scriptedTask('t3', other('search-api', 'GET', '/v1/search', 2000, '5m'), NOW - 3 * hour), recent: runs('t3', [38.1, 37.2, 41, 40.2, 36.6, 35.9], 'passed') },
    { task: scriptedTask('t4', other('login-flow', 'POST', '/v1/session', 300, '10m'), NOW - 72 * hour), recent: runs('t4', [812, 420, 390, 202], 'failed') },
  ]
  script.views.set('r1', { view: runView(NOW), points: points(192) })
  script.runs = script.tasks.flatMap(({ task, recent }) => recent.map((run) => ({ id: run.runId, taskId: task.id, taskName: task.spec.name, spec: task.spec, status: run.status, verdict: run.verdict, sentence: null, startedAt: run.startedAt, endedAt: run.startedAt + 300_000, headline: { targetRate: task.spec.load.rate ?? null, achievedRate: (task.spec.load.rate ?? 0) * 0.998, p99: run.p99, errorRate: 0.0042, durationMs: 300_000 }, tags: {} })))
  script.runs = [runView(NOW).run, ...script.runs]
  script.nodes = [scriptedNode('desk', { isMaster: true, isThis: true }, { cpuPercent: 38 })]
  script.cluster = { ...ALONE, master: { nodeId: 'desk', name: 'desk', epoch: 1, renewedMs: 800 } }
  script.measuredRate = 21_300
  script.tryResult = {
    lane: { lane: 'http1', reason: '' }, ok: true, status: 201, head: 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\n', body: '{"id":"ord_8f21","status":"ok","items":[{"sku":"A-1029","qty":2}]}', bodyBytes: 66, truncated: false,
    timings: { dnsMs: 1.2, connectMs: 0.3, tlsMs: 8.1, firstByteMs: 36.9, totalMs: 38.2 },
    checks: [{ expression: 'status in 200-201', ok: true, actual: '201' }, { expression: 'duration < 500ms', ok: true, actual: '38.2 ms' }, { expression: 'body contains "id"', ok: true, actual: '66 B' }],
    error: null,
  }
  script.imported = { spec: SPEC, taken: [], skipped: [] }
  return script
}
