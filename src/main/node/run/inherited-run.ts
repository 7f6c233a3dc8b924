import type { Assignment, Manifest } from '../../../shared/cluster/cluster.ts'
import { profileDuration, rateAt } from '../../../shared/task/load.ts'
import { hasBegun, joinerOf, type ActiveRun, type Part } from './active-run.ts'
import { bootKey, type Boot } from '../boot-key.ts'
import { inherited, isBefore, type Stamp } from './tenure.ts'

type Told = Assignment & Boot & { stamp: Stamp }

/**
 * A run as its last master saved it, corrected by the manifests: they are what the nodes follow, and may be newer or, of
 * an order that was noted and not written any more, older. What was not written is decided anew.
 */
export function inherit(active: ActiveRun, manifests: readonly Manifest[]): void {
  const told = manifests.flatMap(({ nodeId, boot, epoch, revision, assignments }) => assignments.filter(({ runId }) => runId === active.run.id).map((assignment): Told => ({ ...assignment, nodeId, boot, stamp: { epoch, revision } })))
  inheritChanges(active, told[0])
  if (active.order !== null) active.order.revision = null
  for (const part of active.parts) {
    if (joinsUnwritten(part)) part.standing = 'joining'
    part.tenures = part.tenures.filter((tenure) => tenure.told !== null)
  }
  if (told.length === 0) return active.parts.every(({ tenures }) => tenures.length === 0) ? forgetOrders(active) : undefined
  const known = new Map(active.parts.map((part) => [bootKey(part), part]))
  inheritOrders(active, told, known)
  for (const each of told) inheritPart(active, each, known.get(bootKey(each)))
  if (hasBegun(active)) inheritLeavings(active, manifests)
}

/** It was given its first share while the run went on, which was noted and not written: the manifests say of it what they say before a start. */
function joinsUnwritten({ standing, tenures }: Part): boolean {
  return standing === 'in' && tenures.length > 0 && tenures.every(({ told, fromMs }) => told === null && fromMs > 0)
}

/** A manifest is silent on a run that its node has left: the last master had taken its last sample, and had no time to note that. */
function inheritLeavings(active: ActiveRun, manifests: readonly Manifest[]): void {
  const silent = new Map(manifests.filter(({ assignments }) => assignments.every(({ runId }) => runId !== active.run.id)).map((manifest) => [bootKey(manifest), manifest]))
  for (const part of active.parts) {
    const [manifest, told] = [silent.get(bootKey(part)), part.tenures.at(-1)?.told ?? null]
    if ((part.standing !== 'in' && part.standing !== 'leaving') || manifest === undefined || told === null || isBefore(manifest, told)) continue
    Object.assign(part, { standing: 'leaving', goal: null, tenures: [{ share: [], fromMs: 0, sureMs: 0, told: { epoch: manifest.epoch, revision: manifest.revision } }] })
  }
}

/** A change of the course that was noted before the manifests were written: they tell whether they were. */
function inheritChanges(active: ActiveRun, newest: Told | undefined): void {
  const isWritten = newest !== undefined && JSON.stringify(newest.load) === JSON.stringify(active.load)
  if (isWritten) {
    for (const change of active.changes) change.told ??= newest.stamp
    active.events.push(...active.staged.filter(({ kind }) => kind === 'rate-changed'))
  }
  active.staged = []
  active.changes = active.changes.filter(({ told }) => told !== null)
}

/** Its first manifests were never written. */
function forgetOrders(active: ActiveRun): void {
  for (const part of active.parts) if (part.standing === 'in' && part.tenures.length === 0) part.tenures = [{ share: part.asked, fromMs: 0, sureMs: null, told: null }]
  if (active.phase === 'run') Object.assign(active, { phase: 'prepare', startAt: 0, order: { kind: 'start', revision: null } })
}

function inheritOrders(active: ActiveRun, told: readonly Told[], known: ReadonlyMap<string, Part>): void {
  const carried = told.filter((each) => (known.get(bootKey(each))?.standing ?? 'joining') === 'in' && (active.phase === 'stop' || !isLeaving(each)))
  const { orderNo, load } = told[0]!
  const phases = new Set(carried.map(({ phase }) => phase))
  const phase = phases.has('run') ? 'run' : phases.has('prepare') ? 'prepare' : phases.has('stop') ? 'stop' : active.phase
  const before = { ...active, load: active.load }
  Object.assign(active, { orderNo, load, phase, startAt: phase === 'prepare' ? 0 : Math.max(...told.map(({ startAt }) => startAt)) })
  active.stopAtMs = phase === 'stop' ? (carried[0]?.stopAtMs ?? active.stopAtMs) : null
  if (phase === 'stop') active.run = { ...active.run, status: 'stopping' }
  else if (active.run.status === 'stopping') active.run = { ...active.run, status: 'running' }
  noteUnsaved(active, before, told[0]!.stamp)
}

/** It is told to stop as well, but its share is taken from it: that is no stop of the run. */
function isLeaving({ phase, share }: Assignment): boolean {
  return phase === 'stop' && share.length === 0
}

/** Orders that were written, and that the last master had no time to note. */
function noteUnsaved(active: ActiveRun, before: ActiveRun, told: Stamp): void {
  if (active.phase === 'prepare') active.order = { kind: 'start', revision: null }
  else if (active.phase === 'stop') active.order = { kind: 'stop', revision: null }
  else if (active.order?.kind === 'stop') active.order = null
  if (active.phase === 'stop' && before.phase !== 'stop') active.events.push({ atMs: active.stopAtMs ?? 0, kind: 'stop-requested', detail: {} })
  if (active.load.model === 'closed' || before.load.model === 'closed' || JSON.stringify(active.load) === JSON.stringify(before.load)) return
  const [from, to] = [before.load.profile, active.load.profile].map((profile) => rateAt(profile, profileDuration(profile) - 1))
  if (active.phase !== 'run' || from === undefined || to === undefined || active.orderNo <= before.orderNo) return
  active.order ??= { kind: 'rate', toRate: to, revision: null }
  active.wantedRate = to
  const atMs = profileDuration(active.load.profile) - (active.load.profile.pieces.at(-1)?.durationMs ?? 0)
  active.changes.push({ atMs, before: before.load.profile, told })
  active.events.push({ atMs, kind: 'rate-changed', detail: { from, to } })
}

function inheritPart(active: ActiveRun, told: Told, known: Part | undefined): void {
  const part = known ?? joinerOf(active, { id: told.nodeId, boot: told.boot, name: told.nodeId }, told.share, null, active.openedAt)
  if (known === undefined) active.parts.push(part)
  if (!hasBegun(active)) {
    if (part.standing === 'in') part.tenures = [{ share: told.share, fromMs: 0, sureMs: null, told: told.stamp }]
    return
  }
  if (told.phase === 'prepare') return
  if (part.standing === 'joining') Object.assign(part, { standing: 'in', fromMs: told.shareFromMs })
  if (part.standing === 'in' && told.phase === 'stop' && active.phase === 'run') part.standing = 'leaving'
  part.tenures = inherited(told.share, told.former ?? [], told.shareFromMs, told.stamp)
}
