import { matchesFilter } from '../../src/shared/results/run-filter.ts'
import { AppError } from '../../src/shared/errors.ts'
import type { NodeInfo } from '../../src/shared/cluster/cluster.ts'
import type { Api, CommandName, Events, EventName, Input, Output, TaskRow } from '../../src/shared/contract/contract.ts'
import type { Run, RunView } from '../../src/shared/results/run.ts'
import { dispatch, type Bridge } from '../../src/shared/contract/rpc.ts'
import { requireTaskSpec } from '../../src/shared/task/task-schema.ts'
import type { Point } from '../../src/shared/results/summary.ts'
import type { Task, TaskSpec } from '../../src/shared/task/task.ts'

/** What the scripted product knows: a test or a gallery scene fills it, and may change it and tell of it. */
export interface Script {
  now: number
  tasks: TaskRow[]
  runs: Run[]
  views: Map<string, { view: RunView; points: Point[] }>
  settings: Output<'settings.get'>
  nodes: Output<'node.list'>
  cluster: Output<'cluster.get'>
  elections: Output<'cluster.elections'>
  connection: Output<'settings.testRedis'>
  measuredRate: number | null
  tryResult: Output<'task.tryOnce'> | null
  imported: Output<'import.parse'> | null
  comparison?: Output<'run.compare'>
  summaries?: Map<string, Output<'run.summary'>>
  searches: Output<'capacity.list'>
}

export interface ScriptedBridge extends Bridge {
  script: Script
  /** Every call in order. */
  calls: { command: CommandName; input: unknown }[]
  tell<E extends EventName>(event: E, fact: Events[E]): void
}

const SINGLE_MACHINE: Output<'settings.get'>['cluster'] = { mode: 'local', address: '', namespace: 'default', username: '', hasPassword: false, hasSecret: false, keptIn: 'keychain', nodeName: '', priority: 5, ca: '' }
export const ALONE: Output<'cluster.get'> = {
  mode: 'local', address: null, namespace: null, connected: true, lastContactAt: null, master: null, masterlessMs: null, formerMaster: null,
  sentinels: { alive: 0, registered: 0, quorum: 1 }, workersStopInMs: null, queuedStops: [], thisNode: 'desk', joinCommand: null, sentinelCommand: null,
}

export function emptyScript(now: number): Script {
  return {
    now,
    tasks: [],
    runs: [],
    views: new Map(),
    settings: { theme: 'dark', language: 'en', notifications: true, keepAwake: true, dismissedHints: [], allowedHosts: [], limits: { maxRate: null, maxDurationMs: null, maxInFlight: null, stopAtErrors: null }, retention: { runs: 200, days: null }, cluster: SINGLE_MACHINE },
    nodes: [],
    cluster: ALONE,
    elections: [],
    connection: [],
    measuredRate: null,
    tryResult: null,
    searches: [],
    imported: null,
  }
}

/** A bridge over a script: for tests of stores and for looking at screens. It obeys the contract, not the product. */
export function createScriptedBridge(script: Script): ScriptedBridge {
  const listeners = new Map<EventName, Set<(fact: never) => void>>()
  const calls: ScriptedBridge['calls'] = []
  const tell: ScriptedBridge['tell'] = (event, fact) => listeners.get(event)?.forEach((listener) => listener(fact as never))
  const api = scriptedApi(script, tell)
  return {
    script,
    calls,
    tell,
    async invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>> {
      calls.push({ command, input })
      return (await dispatch(api, command, structuredClone(JSON.parse(JSON.stringify(input))))) as Output<C>
    },
    on(event, listener) {
      const heard = listeners.get(event) ?? new Set()
      listeners.set(event, heard.add(listener))
      return () => heard.delete(listener)
    },
  }
}

export function scriptedTask(id: string, spec: TaskSpec, now: number, part: Partial<Task> = {}): Task {
  return { id, spec, status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null, createdAt: now, updatedAt: now, ...part }
}

function scriptedApi(script: Script, tell: ScriptedBridge['tell']): Api {
  const rowOf = (id: string): TaskRow => script.tasks.find(({ task }) => task.id === id) ?? missing(`task ${id}`)
  const entryOf = (id: string) => script.views.get(id) ?? missing(`run ${id}`)
  const change = (id: string, part: Partial<Task>): Task => {
    const row = rowOf(id)
    row.task = { ...row.task, ...part, revision: row.task.revision + 1 }
    tell('task:changed', { id })
    return row.task
  }
  const stop = (id: string): { queued: boolean } => {
    if (!script.cluster.connected) script.cluster = { ...script.cluster, queuedStops: [id] }
    else change(id, { status: 'pending-stop' })
    return { queued: !script.cluster.connected }
  }
  const alter = (id: string, part: Partial<NodeInfo>): Record<string, never> => {
    script.nodes = script.nodes.map((row) => (row.info.id === id ? { ...row, info: { ...row.info, ...part } } : row))
    tell('node:changed', script.nodes)
    return {}
  }
  const add = (spec: TaskSpec): Task => {
    const task = scriptedTask(`t${String(script.tasks.length + 1)}`, spec, script.now)
    script.tasks = [...script.tasks, { task, recent: [] }]
    tell('task:changed', { id: task.id })
    return task
  }
  const noted = (id: string, notes: Partial<Run>): Run => {
    script.runs = script.runs.map((run) => (run.id === id ? { ...run, ...notes } : run))
    return script.runs.find((run) => run.id === id) ?? missing(`run ${id}`)
  }
  return {
    'app.capabilities': async () => ({ version: '0.1.0', host: 'console', platform: 'linux', fileDialogs: false, keychain: false, cluster: false, measuredRate: script.measuredRate, data: { folder: '/home/ada/.local/share/stampede', bytes: 18_400_000 } }),
    'task.list': async () => script.tasks,
    'task.get': async ({ id }) => rowOf(id).task,
    'task.create': async ({ spec }) => add(requireTaskSpec(spec)),
    'task.update': async ({ id, spec }) => change(id, { spec: requireTaskSpec(spec) }),
    'task.clone': async ({ id }) => add(rowOf(id).task.spec),
    'task.delete': async ({ id }) => {
      script.tasks = script.tasks.filter(({ task }) => task.id !== id)
      tell('task:changed', { id })
      return {}
    },
    'task.restore': async ({ id }) => rowOf(id).task,
    'task.start': async ({ id }) => ({ runId: change(id, { status: 'pending-run', runId: 'r1' }).runId ?? '' }),
    'task.stop': async ({ id }) => stop(id),
    'task.setRate': async ({ id, rate }) => (change(id, { status: 'pending-rate-change', wantedRate: rate }), {}),
    'task.tryOnce': async () => script.tryResult ?? missing('answer'),
    'run.list': async (filter) => script.runs.filter((run) => matchesFilter(run, filter)).slice(0, filter.limit ?? 200),
    'run.get': async ({ id }) => entryOf(id).view,
    'run.points': async ({ id, afterMs = 0 }) => ({ points: entryOf(id).points.filter(({ atMs }) => atMs > afterMs), events: entryOf(id).view.events }),
    'run.summary': async ({ id }) => script.summaries?.get(id) ?? missing(`summary of ${id}`),
    'run.export': async ({ id }) => missing(`bundle of ${id}`),
    'run.import': async () => ({ id: 'r1', known: false }),
    'run.report': async ({ id }) => ({ text: `report of ${id}`, fileName: `${id}.html`, mediaType: 'text/html' }),
    'run.compare': async () => script.comparison ?? missing('comparison'),
    'run.setBaseline': async ({ id, on = true }) => noted(id, { baseline: on }),
    'run.annotate': async ({ id, ...notes }) => noted(id, notes),
    'run.delete': async ({ id }) => {
      script.runs = script.runs.filter((run) => run.id !== id)
      return {}
    },
    'run.stopAll': async () => {
      const live = script.tasks.filter(({ task }) => task.status === 'running').map(({ task }) => task.id)
      return { stopped: live, queued: live.map(stop).some(({ queued }) => queued) }
    },
    'node.list': async () => script.nodes,
    'node.drain': async ({ id }) => alter(id, { drained: true }),
    'node.resume': async ({ id }) => alter(id, { drained: false }),
    'node.setPriority': async ({ id, priority }) => alter(id, { priority }),
    'node.makeMaster': async () => ({}),
    'node.markLost': async ({ id }) => {
      script.nodes = script.nodes.filter(({ info }) => info.id !== id)
      tell('node:changed', script.nodes)
      return {}
    },
    'cluster.get': async () => script.cluster,
    'cluster.changeOver': async () => ({}),
    'cluster.elections': async () => script.elections,
    'import.parse': async () => script.imported ?? missing('import'),
    'settings.get': async () => script.settings,
    'settings.set': async ({ cluster: { password, secret, ...plain } = {}, limits, ...wanted }) => {
      const kept = { hasPassword: password === undefined ? script.settings.cluster.hasPassword : password !== null, hasSecret: secret === undefined ? script.settings.cluster.hasSecret : secret !== null }
      return (script.settings = { ...script.settings, ...wanted, limits: { ...script.settings.limits, ...limits }, cluster: { ...script.settings.cluster, ...plain, ...kept } })
    },
    'settings.testRedis': async () => script.connection,
    'capacity.start': async () => missing('search'),
    'capacity.stop': async () => ({}),
    'capacity.list': async () => script.searches,
    'proto.read': async () => ({ descriptor: 'CgA=', methods: ['shop.v1.Cart/Add', 'shop.v1.Cart/Watch'] }),
    'demo.target': async () => ({ url: 'http://127.0.0.1:4817/demo' }),
  }
}

function missing(what: string): never {
  throw new AppError('not-found', `There is no ${what}.`)
}
