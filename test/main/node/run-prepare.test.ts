import { beforeEach, describe, expect, test } from 'vitest'
import { NodeBook } from '../../../src/main/node/master/node-book.ts'
import { NodeOrderBook } from '../../../src/main/node/master/node-orders.ts'
import { Round } from '../../../src/main/node/master/round.ts'
import { openRun, partOf, type ActiveRun, type Part } from '../../../src/main/node/run/active-run.ts'
import { prepare } from '../../../src/main/node/run/run-prepare.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import type { WorkReport } from '../../../src/shared/cluster/cluster.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { nodeOf, specOf } from '../../contract/fixtures.ts'

const spec = specOf({ load: { rate: 100, duration: '60s' } })
const task: Task = { id: 'task', spec, status: 'running', revision: 3, runId: 'run', wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }
const NOW = 20_000
/** Of the manifests that the master of this term has written. */
const STAMP = { epoch: 2, revision: 7 }

describe('a run that a new master finds not begun', () => {
  let active: ActiveRun
  let touched: number
  beforeEach(() => {
    touched = 0
    active = openRun(task, 'run', compileLoad(spec.load), ['a', 'b'].map((id, k) => partOf({ id, boot: `${id}-boot`, name: id }, [{ from: k / 2, to: (k + 1) / 2 }], 0)), NOW - 2000)
  })
  const part = (id: string): Part => active.parts.find((one) => one.id === id)!
  const says = (id: string, report: Partial<WorkReport>): void => void (part(id).report = { taskId: 'task', runId: 'run', epoch: 1, revision: 6, phase: 'armed', ...report })
  function look(stamp = STAMP): void {
    const book = new NodeBook(TIMINGS)
    book.update(['a', 'b'].map((id) => ({ info: nodeOf(id), connected: null })), NOW)
    const round = new Round({ now: NOW, book, orders: new NodeOrderBook([]), rebalance: 'never', stamp, strategy: (nodes) => nodes.map(() => 1), self: 'a', runs: [active] })
    prepare({ active, touch: () => void (touched += 1), lose: (lost) => expect.fail(`${lost.id} was given up`) }, round)
  }

  test('begins when all nodes have said in this term that they are ready', () => {
    says('a', {})
    says('b', { epoch: STAMP.epoch, revision: STAMP.revision })
    look()
    expect([active.phase, active.startAt, touched]).toEqual(['prepare', 0, 0])
    says('a', { epoch: STAMP.epoch, revision: STAMP.revision })
    look({ epoch: 0, revision: 0 })
    expect(active.phase).toBe('prepare')
    look()
    expect([active.phase, active.startAt, touched]).toEqual(['run', NOW + 1000, 1])
  })

  test('goes on from the start that a node has heard of, which was lost', () => {
    says('a', { epoch: STAMP.epoch, revision: STAMP.revision })
    says('b', { phase: 'run', startAt: NOW - 900, elapsedMs: 400 })
    look()
    expect(active).toMatchObject({ phase: 'run', startAt: NOW - 900, order: { kind: 'start', revision: null } })
    expect(touched).toBe(1)
  })

  test('does not take the word of a node that is given up', () => {
    says('b', { phase: 'run', startAt: NOW - 900, elapsedMs: 400 })
    part('b').standing = 'out'
    look()
    expect(active.phase).toBe('prepare')
  })
})
