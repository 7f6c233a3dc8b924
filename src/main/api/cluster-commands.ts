import type { Api, ElectionView, NodeRow } from '../../shared/contract/contract.ts'
import type { Intent } from '../../shared/cluster/cluster.ts'
import { AppError } from '../../shared/errors.ts'
import type { ElectionRecord } from '../backend/sentinel-state.ts'
import type { ClusterWatch } from './cluster-watch.ts'
import type { ApiParts } from './parts.ts'
import type { Stops } from './stops.ts'

/** Runs that are looked through for what this machine has sustained. */
const LOOK_BACK_RUNS = 50

type Parts = Pick<ApiParts, 'tasks' | 'cluster' | 'capabilities' | 'data' | 'changeOver' | 'newId'>
type ClusterCommand = Extract<keyof Api, 'app.capabilities' | `node.${string}` | `cluster.${string}`>

/** Who is there and who leads; and the wishes to the master about nodes. */
export function clusterCommands(parts: Parts, watch: ClusterWatch, stops: Stops): Pick<Api, ClusterCommand> {
  const wish = async (intent: Omit<Intent, 'id'>): Promise<Record<string, never>> => {
    await parts.cluster.request({ id: parts.newId(), ...intent })
    return {}
  }
  return {
    'app.capabilities': async () => ({ ...parts.capabilities, measuredRate: await measuredRate(parts), data: parts.data() }),
    'node.list': async () => {
      await watch.look()
      return watch.rows()
    },
    'node.drain': async ({ id }) => wish({ op: 'drain', nodeId: loadNode(await known(watch, id)).info.id }),
    'node.resume': async ({ id }) => wish({ op: 'resume', nodeId: loadNode(await known(watch, id)).info.id }),
    'node.setPriority': async ({ id, priority }) => wish({ op: 'set-priority', nodeId: loadNode(await known(watch, id)).info.id, value: priority }),
    'node.makeMaster': async ({ id, reason }) => wish({ op: 'make-master', nodeId: candidate(await known(watch, id)).info.id, ...(reason === undefined || reason === '' ? {} : { reason }) }),
    'node.markLost': async ({ id }) => {
      const { state } = await known(watch, id)
      if (state === 'lost') watch.forget(id)
      return wish({ op: 'mark-lost', nodeId: id })
    },
    'cluster.get': async () => {
      await watch.look()
      return { ...watch.view(), queuedStops: stops.queued }
    },
    'cluster.changeOver': async () => {
      await parts.changeOver()
      return {}
    },
    'cluster.elections': async () => (await parts.cluster.sentinels.elections()).map((record) => inNames(record, watch)),
  }
}

async function known(watch: ClusterWatch, id: string): Promise<NodeRow> {
  await watch.look()
  const row = watch.rows().find(({ info }) => info.id === id)
  if (row === undefined) throw new AppError('not-found', `There is no node ${id}.`)
  return row
}

function loadNode(row: NodeRow): NodeRow {
  const { info, state } = row
  if (info.role === 'sentinel') throw new AppError('conflict', `${info.name} is a sentinel: it carries no load and never leads.`)
  if (state === 'lost') throw new AppError('conflict', `Nothing is heard of ${info.name}.`, { hint: 'Wait until it is back, or remove it.' })
  return row
}

function candidate(row: NodeRow): NodeRow {
  const { info, isMaster, state } = loadNode(row)
  if (isMaster) throw new AppError('conflict', `${info.name} is the master already.`)
  if (info.role !== 'auto') throw new AppError('conflict', `${info.name} was started as a worker that never leads.`, { hint: 'Start it with --may-lead.' })
  if (info.priority <= 0) throw new AppError('conflict', `${info.name} has priority 0: it never leads.`, { hint: 'Give it a higher priority first.' })
  if (state === 'incompatible') throw new AppError('conflict', `${info.name} speaks another protocol than this version.`, { hint: 'Bring both to the same version.' })
  return row
}

function inNames({ at, kind, by, epoch, term, deputies, considered, reason }: ElectionRecord, watch: ClusterWatch): ElectionView {
  return {
    at, kind, epoch, term,
    by: watch.nameOf(by),
    deputies: deputies.map((id) => watch.nameOf(id)),
    considered: considered.map(({ nodeId, name, chosen, why, said = [] }) => ({ name: name ?? watch.nameOf(nodeId), chosen, why, said })),
    reason: reason ?? null,
  }
}

/** The highest rate of a recent run that can be trusted. */
async function measuredRate({ tasks }: Parts): Promise<number | null> {
  const runs = await tasks.runs({ limit: LOOK_BACK_RUNS })
  const rates = runs.flatMap(({ verdict, headline }) => (verdict === 'not-trustworthy' || headline === null ? [] : [headline.achievedRate]))
  return rates.length === 0 ? null : Math.max(...rates)
}
