import { expect, test } from 'vitest'
import { assignmentOf, begin, changeRate, isAdrift, joinerOf, openRun, partOf, stop, type ActiveRun } from '../../../src/main/node/run/active-run.ts'
import { inherit } from '../../../src/main/node/run/inherited-run.ts'
import { giveUp, mayCarry, offer } from '../../../src/main/node/run/tenure.ts'
import type { Manifest } from '../../../src/shared/cluster/cluster.ts'
import { compileLoad, rateAt } from '../../../src/shared/task/load.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { specOf } from '../../contract/fixtures.ts'

const spec = specOf({ load: { rate: 100, duration: '60s' } })
const task: Task = { id: 'task', spec, status: 'running', revision: 3, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }

function underway(): ActiveRun {
  const active = openRun(task, 'run', compileLoad(spec.load), [partOf({ id: 'a', boot: 'b', name: 'a' }, [{ from: 0, to: 1 }], 0)], 0)
  begin(active, 0, 1000)
  active.parts[0]!.tenures[0]!.told = { epoch: 1, revision: 2 }
  return active
}
const saved = (active: ActiveRun): ActiveRun => JSON.parse(JSON.stringify(active)) as ActiveRun
const manifestsOf = (active: ActiveRun, revision: number): Manifest[] => [{ nodeId: 'a', boot: 'b', epoch: 1, token: 't', revision, orders: { drained: false, priority: null }, assignments: [assignmentOf(active, active.parts[0]!)] }]

test('a change of rate that was saved before it was written is known to have been told, if it was', () => {
  const active = underway()
  changeRate(active, 40, 4, 11_000, 300)
  const successor = saved(active)
  inherit(successor, manifestsOf(active, 3))
  expect(successor.changes).toMatchObject([{ atMs: 10_300, told: { epoch: 1, revision: 3 } }])
  expect(successor.events).toMatchObject([{ kind: 'rate-changed', detail: { from: 100, to: 40 } }])
  expect(successor.orderNo).toBe(4)
})

test('a node that was to leave when the last master died leaves, and the run goes on', () => {
  const active = underway()
  const successor = saved(active)
  const [part] = active.parts
  offer(part!, [], 13_000)
  part!.standing = 'leaving'
  inherit(successor, manifestsOf(active, 3))
  expect(successor).toMatchObject({ phase: 'run', stopAtMs: null, events: [], parts: [{ standing: 'leaving' }] })
})

test('a node that had left when the last master died, which was written and not saved, is not given its share again', () => {
  const active = underway()
  active.parts.push(partOf({ id: 'c', boot: 'd', name: 'c' }, [{ from: 0.5, to: 1 }], 0))
  active.parts[1]!.tenures[0]!.told = { epoch: 1, revision: 2 }
  const [successor, younger, restarted] = [saved(active), saved(active), saved(active)]
  offer(active.parts[0]!, [{ from: 0, to: 1 }], 13_000)
  const gone: Manifest = { nodeId: 'c', boot: 'd', epoch: 1, token: 't', revision: 3, orders: { drained: true, priority: null }, assignments: [] }
  inherit(successor, [...manifestsOf(active, 3), gone])
  expect(successor.parts[1]).toMatchObject({ standing: 'leaving', tenures: [{ share: [], sureMs: 0, told: { epoch: 1, revision: 3 } }] })

  // Of a moment before it had its share, or of another process, it tells nothing.
  younger.parts[1]!.tenures[0]!.told = { epoch: 1, revision: 4 }
  inherit(younger, [...manifestsOf(active, 3), gone])
  inherit(restarted, [...manifestsOf(active, 3), { ...gone, boot: 'e' }])
  for (const { parts } of [younger, restarted]) expect(parts[1]).toMatchObject({ standing: 'in', tenures: [{ share: [{ from: 0.5, to: 1 }] }] })
})

test('a node that joined when the last master died, which was saved and not written, joins anew: the run does not begin anew', () => {
  const active = underway()
  Object.assign(active.parts[0]!, { standing: 'out', lostAtMs: 9000, tenures: [{ share: [], fromMs: 9000, sureMs: 9000, told: { epoch: 1, revision: 2 } }] })
  active.parts.push({ ...joinerOf(active, { id: 'c', boot: 'd', name: 'c' }, [{ from: 0, to: 1 }], null, 10_000) })
  const manifests: Manifest[] = [{ nodeId: 'c', boot: 'd', epoch: 1, token: 't', revision: 3, orders: { drained: false, priority: null }, assignments: [assignmentOf(active, active.parts[1]!)] }]
  const successor = saved(active)
  Object.assign(successor.parts[1]!, { standing: 'in', fromMs: 15_000, tenures: [{ share: [{ from: 0, to: 1 }], fromMs: 15_000, sureMs: null, told: null }] })
  inherit(successor, manifests)
  expect(successor).toMatchObject({ phase: 'run', startAt: 1000, parts: [{ standing: 'out' }, { standing: 'joining', tenures: [] }] })
})

test('a start that was saved and not written is ordered anew, with the shares that the nodes know', () => {
  const active = openRun(task, 'run', compileLoad(spec.load), [partOf({ id: 'a', boot: 'b', name: 'a' }, [{ from: 0, to: 1 }], 0)], 0)
  const manifests = manifestsOf(active, 2)
  active.parts[0]!.tenures = [{ share: [{ from: 0, to: 0.5 }], fromMs: 0, sureMs: null, told: null }]
  begin(active, 0, 1000)
  const successor = saved(active)
  inherit(successor, manifests)
  expect(successor).toMatchObject({ phase: 'prepare', startAt: 0, parts: [{ standing: 'in', tenures: [{ share: [{ from: 0, to: 1 }] }] }] })
})

test('a stop that was written and not saved is found in the manifests', () => {
  const active = underway()
  const successor = saved(active)
  stop(active, 4, 11_000, 300)
  inherit(successor, manifestsOf(active, 3))
  expect(successor).toMatchObject({ phase: 'stop', stopAtMs: 10_300, run: { status: 'stopping' }, events: [{ kind: 'stop-requested' }] })
})

test('of a node that was given up, which was not written, nothing is sure until it is given up again', () => {
  const active = underway()
  const [part] = active.parts
  const written = manifestsOf(active, 2)
  Object.assign(part!, { standing: 'out', lostAtMs: 9000 })
  giveUp(part!, 9000, 9000)
  expect(mayCarry(part!, 9000)).toEqual([])
  const successor = saved(active)
  inherit(successor, written)
  const [inherited] = successor.parts
  expect([isAdrift(inherited!), mayCarry(inherited!, 60_000)]).toEqual([true, [{ from: 0, to: 1 }]])
  giveUp(inherited!, 12_000, 12_500)
  expect([isAdrift(inherited!), mayCarry(inherited!, 12_400), mayCarry(inherited!, 12_500)]).toEqual([false, [{ from: 0, to: 1 }], []])
})

test('one that was not written is decided anew', () => {
  const active = underway()
  const written = manifestsOf(active, 2)
  changeRate(active, 40, 4, 11_000, 300)
  const successor = saved(active)
  inherit(successor, written)
  expect([successor.changes, successor.events, successor.orderNo]).toEqual([[], [], 3])
  expect(successor.load.model === 'open' && rateAt(successor.load.profile, 20_000)).toBe(100)
})

test('one that was written and not saved is found in the manifests', () => {
  const active = underway()
  const successor = saved(active)
  changeRate(active, 40, 4, 11_000, 300)
  inherit(successor, manifestsOf(active, 3))
  expect(successor).toMatchObject({ orderNo: 4, wantedRate: 40, changes: [{ atMs: 10_300, told: { epoch: 1, revision: 3 } }] })
})
