import type { NodeInfo } from '../../src/shared/cluster/cluster.ts'
import type { ClusterView, ConnectionStep, ElectionView, NodeRow } from '../../src/shared/contract/contract.ts'
import type { RunNode, RunView } from '../../src/shared/results/run.ts'
import type { RunEvent } from '../../src/shared/results/summary.ts'
import type { Scene } from './scenes.ts'
import { ALONE, type Script, type ScriptedBridge } from './scripted-bridge.ts'
import { NO_TOTALS, points, runView } from './synthetic-run.ts'

/** States of a cluster: of its nodes, its mastership, its Redis, and of a run that it carries. */

export function scriptedNode(name: string, row: Partial<NodeRow> = {}, info: Partial<NodeInfo> = {}): NodeRow {
  return {
    info: {
      id: name, name, boot: 'b', beat: 1, role: 'auto', priority: 5, version: '0.1.0', protocol: { major: 1, minor: 0 }, cpuPercent: 50, memoryPercent: 7.5, memoryBytes: 8e9, cores: 8, loopLagMs: 0.6,
      maxRate: null, startedPerSecond: 0, rttMs: 1.1, clockOffsetMs: 0.2, clockErrorMs: 0.4, drained: false, parked: false, maxEpoch: 7, work: [], ...info,
    },
    isMaster: false, isThis: false, state: 'ok', silentMs: null, ...row,
  }
}

const NODES: NodeRow[] = [
  scriptedNode('desk', { isMaster: true, isThis: true }, { priority: 10, cpuPercent: 38, memoryPercent: 6.9, memoryBytes: 16e9, loopLagMs: 0.4, rttMs: 0.2, startedPerSecond: 1436 }),
  scriptedNode('w1', {}, { cpuPercent: 61, startedPerSecond: 3589 }),
  scriptedNode('w2', {}, { cpuPercent: 64, loopLagMs: 0.7, rttMs: 1.4, startedPerSecond: 3590, maxRate: 5000 }),
  scriptedNode('w3', { state: 'hot' }, { cpuPercent: 97, memoryPercent: 9.1, loopLagMs: 38.2, rttMs: 1.3, startedPerSecond: 2469 }),
  scriptedNode('s1', {}, { role: 'sentinel', priority: 0, cpuPercent: 2, memoryPercent: 1.1, rttMs: 0.9 }),
  scriptedNode('s2', {}, { role: 'sentinel', priority: 0, cpuPercent: 1, memoryPercent: 1.1, rttMs: 1.2 }),
  scriptedNode('s3', {}, { role: 'sentinel', priority: 0, cpuPercent: 2, memoryPercent: 1.1, rttMs: 0.8, version: '0.0.9' }),
  scriptedNode('w4', { state: 'lost', silentMs: 140_000 }),
]

const FIRST: ElectionView['considered'] = [
  { name: 'desk', chosen: true, why: '', said: [{ key: 'succession.first', params: { n: 0, priority: 10, cpu: 38 } }] },
  { name: 'w1', chosen: false, why: '', said: [{ key: 'succession.deputy', params: { n: 1, priority: 5, cpu: 61 } }] },
  { name: 'w2', chosen: false, why: '', said: [{ key: 'succession.deputy', params: { n: 2, priority: 5, cpu: 64 } }] },
  { name: 'w3', chosen: false, why: '', said: [{ key: 'succession.cpu', params: { cpu: 97, most: 80 } }] },
  { name: 'w4', chosen: false, why: '', said: [{ key: 'succession.deposed', params: {} }] },
  ...['s1', 's2', 's3'].map((name) => ({ name, chosen: false, why: '', said: [{ key: 'succession.sentinel', params: {} }] })),
]

function elections(now: number): ElectionView[] {
  return [
    { at: now - 52_000, kind: 'election', by: 's1', epoch: 6, term: 1, deputies: ['desk', 'w1', 'w2'], considered: FIRST, reason: null },
    { at: now - 3_900_000, kind: 'handover', by: 'desk', epoch: 5, term: 0, deputies: ['w4'], considered: [{ name: 'w4', chosen: true, why: 'asked for', said: [{ key: 'succession.asked', params: {} }] }], reason: 'desk is to be updated' },
  ]
}

function cluster(now: number): ClusterView {
  return {
    ...ALONE, mode: 'redis', address: 'redis://10.0.0.5:6379', namespace: 'default', lastContactAt: now, master: { nodeId: 'desk', name: 'desk', epoch: 7, renewedMs: 800 },
    sentinels: { alive: 3, registered: 3, quorum: 2 },
    joinCommand: 'stampede worker --redis redis://10.0.0.5:6379 --secret-file cluster.secret', sentinelCommand: 'stampede sentinel --redis redis://10.0.0.5:6379 --secret-file cluster.secret --sentinels 3',
  }
}

const CARRIED: RunNode[] = [
  { id: 'desk', name: 'desk', share: 0.12, phase: 'run', lostAtMs: null },
  { id: 'w1', name: 'w1', share: 0.3, phase: 'run', lostAtMs: null },
  { id: 'w2', name: 'w2', share: 0.3, phase: 'run', lostAtMs: null },
  { id: 'w3', name: 'w3', share: 0.28, phase: 'run', lostAtMs: null },
  { id: 'w4', name: 'w4', share: 0, phase: 'run', lostAtMs: 140_000 },
]

const EVENTS: RunEvent[] = [
  { atMs: 100_000, kind: 'rate-changed', detail: { from: 8000, to: 12_000 } },
  { atMs: 140_000, kind: 'node-lost', detail: { node: 'w4' } },
  { atMs: 141_000, kind: 'shares-moved', detail: { node: 'w4', to: 'w1, w2, w3' } },
  { atMs: 165_000, kind: 'master-changed', detail: { node: 'desk', epoch: 7, afterMs: 3420 } },
]

type Names = 'cluster-live' | 'cluster-masterless' | 'cluster-disconnected' | 'cluster-stop-queued' | 'cluster-deficit' | 'cluster-mixed' | 'cluster-starting' | 'cluster-changing' | 'cluster-stopping' | 'nodes-cluster' | 'nodes-make-master' | 'nodes-masterless' | 'nodes-disconnected' | 'nodes-no-sentinels' | 'nodes-clock' | 'settings-cluster' | 'settings-cluster-new'

/** `base`: a script with tasks and a running one, `r1`. */
export function clusterScenes(now: number, base: () => Script): Record<Names, () => Scene> {
  const script = (change: (script: Script) => void = () => undefined): Script => {
    const made = base()
    made.nodes = NODES
    made.cluster = cluster(now)
    made.elections = elections(now)
    made.views.set('r1', { view: { ...runView(now), nodes: CARRIED, events: EVENTS }, points: points(192) })
    change(made)
    return made
  }
  const live = (change: (view: RunView) => RunView, part: Partial<ClusterView> = {}, seconds = 192): Scene => ({
    path: '/runs/r1',
    script: script((made) => {
      made.cluster = { ...made.cluster, ...part }
      made.views.set('r1', { view: change({ ...runView(now), nodes: CARRIED, events: EVENTS }), points: points(seconds) })
    }),
  })
  const nodes = (part: Partial<ClusterView>, change: (rows: NodeRow[]) => NodeRow[] = (rows) => rows): Scene => ({
    path: '/nodes',
    script: script((made) => {
      made.cluster = { ...made.cluster, ...part }
      made.nodes = change(made.nodes)
    }),
  })
  const gone: Partial<ClusterView> = { master: null, masterlessMs: 4200, formerMaster: 'w4' }
  const cut: Partial<ClusterView> = { connected: false, lastContactAt: now - 2000, workersStopInMs: 12_000 }
  const same = (view: RunView): RunView => view
  return {
    'cluster-live': () => live(same),
    'cluster-masterless': () => live((view) => ({ ...view, events: EVENTS.slice(0, 3) }), gone),
    'cluster-disconnected': () => live(same, cut),
    'cluster-stop-queued': () => live(same, { ...cut, workersStopInMs: 0, queuedStops: ['t1'] }),
    'cluster-deficit': () => live((view) => ({ ...view, deficitPerSecond: 1840, recent: { ...view.recent, achievedRate: 10_160 }, events: [...EVENTS, { atMs: 190_000, kind: 'deficit', detail: { perSecond: 1840 } }] })),
    'cluster-mixed': () => mixed(live((view) => ({ ...view, nodes: CARRIED.map((node) => (node.id === 'w2' ? { ...node, share: 0 } : node)), events: [...EVENTS, { atMs: 172_000, kind: 'node-drained', detail: { node: 'w2' } }, { atMs: 180_000, kind: 'node-joined', detail: { node: 'w5' } }, { atMs: 185_000, kind: 'gap', detail: { node: 'w4' } }] }))),
    'cluster-starting': () => live((view) => starting(view, now), {}, 0),
    'cluster-changing': () => live((view) => ({ ...view, pending: { order: 'rate', waitingFor: ['w1', 'w3'], of: 4, toRate: 15_000 } })),
    'cluster-stopping': () => live((view) => ({ ...view, run: { ...view.run, status: 'stopping' }, pending: { order: 'stop', waitingFor: ['w3'], of: 4 } })),
    'nodes-cluster': () => ({ ...nodes({}), act: beat }),
    'nodes-make-master': () => ({ ...nodes({}), act: (page) => void askForMaster(page) }),
    'nodes-masterless': () => nodes(gone, (rows) => rows.map((row) => ({ ...row, isMaster: false }))),
    'nodes-disconnected': () => nodes({ ...cut, lastContactAt: now - 14_000, workersStopInMs: 0 }),
    'nodes-no-sentinels': () => nodes({ sentinels: { alive: 0, registered: 0, quorum: 1 }, address: 'redis://127.0.0.1:6379', joinCommand: 'stampede worker --redis redis://127.0.0.1:6379', sentinelCommand: 'stampede sentinel --redis redis://127.0.0.1:6379 --sentinels 3' }, (rows) => rows.filter(({ info }) => info.role !== 'sentinel')),
    'nodes-clock': () => nodes({}, (rows) => rows.map((row) => clockwise(row))),
    'settings-cluster': () => settings(script(), { hasPassword: true, hasSecret: true }, (page) => page.querySelector<HTMLElement>('[data-testid="test-redis"]')?.click()),
    'settings-cluster-new': () => settings(script(), {}, (page) => page.querySelector<HTMLElement>('[data-testid="generate-secret"]')?.click()),
  }
}

function mixed(scene: Scene): Scene {
  scene.script.nodes = scene.script.nodes.map((row) => (row.info.id === 'w2' ? { ...row, state: 'drained', info: { ...row.info, drained: true } } : row.info.id === 'w1' ? { ...row, state: 'parked' } : row))
  return scene
}

function starting(view: RunView, now: number): RunView {
  const nodes = CARRIED.slice(0, 4).map((node) => ({ ...node, phase: node.id === 'w3' ? ('prepare' as const) : ('armed' as const) }))
  return {
    ...view, nodes, run: { ...view.run, status: 'starting', startedAt: now }, elapsedMs: 0, tone: 'pending', sentence: { key: 'verdict.starting', params: {} }, totals: NO_TOTALS, recent: NO_TOTALS, errors: [], statusCodes: {}, events: [],
    thresholds: view.thresholds.map((result) => ({ ...result, value: null, failingSinceMs: null })), pending: { order: 'start', waitingFor: ['w3'], of: 4 },
  }
}

/** One clock that is off, a node of another protocol, one that is cut off. */
function clockwise(row: NodeRow): NodeRow {
  if (row.info.id === 'w1') return { ...row, info: { ...row.info, clockOffsetMs: -1840, clockErrorMs: 4 } }
  if (row.info.id === 'w2') return { ...row, state: 'incompatible', info: { ...row.info, version: '1.2.0', protocol: { major: 2, minor: 0 }, startedPerSecond: 0, maxRate: null } }
  return row.info.id === 'w3' ? { ...row, state: 'parked', info: { ...row.info, role: 'worker', cpuPercent: 4, loopLagMs: 0.5, parked: true, startedPerSecond: 0 } } : row
}

const STEPS: ConnectionStep[] = [
  { step: 'dns', state: 'ok', detail: { key: 'redis.step.dns', params: { addresses: '10.0.0.5' } }, hint: null },
  { step: 'tcp', state: 'ok', detail: { key: 'redis.step.tcp', params: { host: 'redis.lan', port: '6380', time: '1.10 ms' } }, hint: null },
  { step: 'tls', state: 'warning', detail: { key: 'redis.step.tls', params: { protocol: 'TLSv1.3', days: 6 } }, hint: { key: 'redis.step.tls-soon.cure', params: {} } },
  { step: 'auth', state: 'failed', detail: { key: 'redis.wrong-password', params: { label: 'rediss://redis.lan:6380' } }, hint: { key: 'redis.wrong-password.cure', params: {} } },
  ...(['server', 'policy', 'secret'] as const).map((step): ConnectionStep => ({ step, state: 'skipped', detail: { key: 'redis.step.skipped', params: {} }, hint: null })),
]

function settings(script: Script, part: Partial<Script['settings']['cluster']>, act: NonNullable<Scene['act']>): Scene {
  script.settings = { ...script.settings, allowedHosts: ['api.example.com'], limits: { maxRate: 20_000, maxDurationMs: null, maxInFlight: null, stopAtErrors: null }, cluster: { ...script.settings.cluster, mode: 'redis', address: 'rediss://redis.lan:6380', username: 'load', ...part } }
  script.connection = STEPS
  return { path: '/settings?section=cluster', script, act }
}

/** By hand, as a person would: the menu of w1, then "Make master…". */
async function askForMaster(page: Document): Promise<void> {
  const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60))
  page.querySelector<HTMLElement>('[data-node-id="w1"] .menu button')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  page.querySelector<HTMLElement>('[data-node-id="w1"] .menu button')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
  await soon()
  const items = [...page.querySelectorAll<HTMLElement>('[role="menuitem"]')]
  items[2]?.click()
}

/** A dozen seconds of heartbeats, so that the trends have something to show. */
function beat(): void {
  for (let second = 0; second < 12; second++) {
    const rows = NODES.map((row, i) => ({ ...row, info: { ...row.info, cpuPercent: row.info.cpuPercent * (0.55 + 0.45 * Math.abs(Math.sin((second + 3 * i) / 3))) } }))
    gallery().tell('node:changed', second === 11 ? NODES : rows)
  }
}

function gallery(): ScriptedBridge {
  return (window as unknown as { gallery: ScriptedBridge }).gallery
}
