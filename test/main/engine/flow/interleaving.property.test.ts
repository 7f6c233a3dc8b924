import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FlowLane } from '../../../../src/main/engine/flow/flow-lane.ts'
import { prepareFlow } from '../../../../src/main/engine/flow/create-flow-lane.ts'
import type { FlowSink } from '../../../../src/main/engine/flow/flow-sink.ts'
import { hasSteps } from '../../../../src/shared/task/steps.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'
import { FakeTimers } from '../../../support/fake-timers.ts'
import { StepLane } from '../../../support/step-lane.ts'
import type { Answer } from '../../../support/step-lane.ts'

const URL = 'http://shop.example'
const PAUSE_MS = 400
const bearer = { authorization: 'Bearer {{step.token}}' }

const spec = requireTaskSpec({
  load: { rate: 1, duration: '1s' },
  steps: [
    { name: 'login', request: { method: 'POST', url: `${URL}/login?n={{seq}}` }, extract: { token: '$.token', own: 'header x-own' }, onFailure: 'continue' },
    { name: 'list', request: { url: `${URL}/list?n={{seq}}`, headers: bearer }, extract: { id: '$.orders[0].id', sid: 'cookie sid' }, thinkTime: `${PAUSE_MS}ms` },
    { name: 'order', request: { method: 'POST', url: `${URL}/order?n={{seq}}`, headers: { ...bearer, cookie: 'own={{step.own}}' }, body: '{"id":"{{step.id}}","sid":"{{step.sid}}"}' } },
  ],
})
if (!hasSteps(spec)) throw new Error('a task without steps')

/**
 * Gives each login secrets of its own, and notes every request that shows those of another iteration, or lacks some. Of an
 * iteration that was answered badly not all are known, and some are those of the bad answer.
 */
class Shop {
  readonly mixed: string[] = []
  /** Iterations of which a request was answered badly. */
  readonly spoilt = new Set<number>()
  /** By iteration. */
  readonly sessions = new Map<number, number>()
  #serial = 0

  /** @param how `broken`: with the end of the connection. */
  answer(request: string, how: How): Answer | null {
    const n = Number(/\?n=(\d+) /.exec(request)?.[1])
    this.#look(n, request)
    if (how === 'well') return this.#serve(n, request)
    this.spoilt.add(n)
    return how === 'broken' ? null : { status: 503, fields: ['Set-Cookie: sid=sid-0'], body: '{"token":"token-0","orders":[]}' }
  }

  #look(n: number, request: string): void {
    const shown = request.match(/(token|sid|own|id)-\d+/g) ?? []
    const session = this.sessions.get(n) ?? 'none'
    const isSpoilt = this.spoilt.has(n)
    const wanted = request.startsWith('POST /login') ? 0 : request.startsWith('GET') ? 2 : 5
    const isOwn = (secret: string): boolean => secret.endsWith(`-${session}`) || (isSpoilt && secret.endsWith('-0'))
    if (!shown.every(isOwn) || (!isSpoilt && shown.length !== wanted)) this.mixed.push(`${session}: ${request}`)
  }

  #serve(n: number, request: string): Answer {
    if (!request.startsWith('POST /login')) return { status: 200, fields: [], body: `{"orders":[{"id":"id-${this.sessions.get(n)}"}]}` }
    const serial = ++this.#serial
    this.sessions.set(n, serial)
    return { status: 200, fields: [`Set-Cookie: sid=sid-${serial}; Path=/`, `X-Own: own-${serial}`], body: `{"token":"token-${serial}"}` }
  }
}

type How = 'well' | 'refused' | 'broken'
type Act = { kind: 'begin' } | { kind: 'answer'; which: number; how: How } | { kind: 'stop' } | { kind: 'wait'; ms: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Act>({ kind: 'begin' }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(30), how: fc.oneof({ weight: 12, arbitrary: fc.constant('well' as const) }, { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'broken' as const) }) }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'stop' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(PAUSE_MS) }) },
)

interface Ended {
  mixed: string[]
  /** Iterations that came to their end, and whether each failed. */
  ended: Map<number, boolean>
  spoilt: Set<number>
  begun: number
}

function play(acts: readonly Act[], connections: number, inParts: boolean, atOnce: number): Ended {
  const timers = new FakeTimers()
  const shop = new Shop()
  const result: Ended = { mixed: shop.mixed, ended: new Map(), spoilt: shop.spoilt, begun: 0 }
  const prepared = prepareFlow(spec as Parameters<typeof prepareFlow>[0], {})
  const counts = new Float64Array(8)
  const nothing = (): void => {}
  const sink: FlowSink = {
    keep: () => false,
    sent: nothing, answered: nothing, stepEnded: nothing, cancelled: nothing, dropped: nothing, connected: nothing, idle: nothing,
    judge: ({ step }, exchange) => prepared.flow.steps[step]!.checks.judge(exchange, counts, counts),
    ended: ({ n, failed }) => void result.ended.set(n, failed),
  }
  const options = { maxConnections: connections, maxInFlight: atOnce, timeoutMs: 10_000, keepAlive: true, connectsPerTurn: 1 }
  const lane = new FlowLane({ ...prepared, options, sink, pausesUsers: false, timers })
  const below = new StepLane(connections, inParts, prepared.source, lane.below, () => timers.now())
  lane.use(spec.steps!.map(() => below))
  const answer = (place: number, how: How): void => below.answer(place, (request) => shop.answer(request, how))
  for (const one of acts) {
    if (one.kind === 'begin' && lane.send(timers.now(), result.begun + 1)) result.begun++
    else if (one.kind === 'answer' && below.wire.length > 0) answer(one.which % below.wire.length, one.how)
    else if (one.kind === 'stop') below.stopNext((request) => void shop.answer(request, 'broken'))
    else if (one.kind === 'wait') timers.advanceTo(timers.now() + one.ms)
  }
  while (result.ended.size < result.begun) {
    if (below.wire.length > 0) answer(below.wire.length - 1, 'well')
    else timers.advanceTo(timers.now() + PAUSE_MS)
  }
  return result
}

describe('iterations under way at once', () => {
  it('never show what another one has extracted, nor its cookies, in whatever order they are answered', () => {
    const isolated = (acts: readonly Act[], connections: number, inParts: boolean, atOnce: number): void => {
      const { mixed, ended, spoilt } = play(acts, connections, inParts, atOnce)
      expect(mixed).toEqual([])
      expect([...ended].filter(([n, failed]) => failed && !spoilt.has(n))).toEqual([])
    }
    fc.assert(fc.property(fc.array(act, { maxLength: 150, size: 'max' }), fc.integer({ min: 1, max: 5 }), fc.boolean(), fc.integer({ min: 2, max: 12 }), (...given) => void isolated(...given)), { numRuns: 200 })
  })

  it('nor does one that takes the place of another which failed or learnt nothing', () => {
    const bad = (how: 'refused' | 'broken'): Act[] => [{ kind: 'begin' }, { kind: 'begin' }, { kind: 'answer', which: 0, how: 'well' }, { kind: 'answer', which: 0, how }]
    for (const how of ['refused', 'broken'] as const) {
      for (const inParts of [false, true]) {
        const { mixed, ended, spoilt, begun } = play([...bad(how), ...bad(how), ...bad(how)], 1, inParts, 2)
        expect(mixed).toEqual([])
        expect(ended.size).toBe(begun)
        expect([...ended].filter(([n, failed]) => failed && !spoilt.has(n))).toEqual([])
      }
    }
  })
})
