import { z } from 'zod'

/**
 * The least that must be there for the code behind to hold: what is read from Redis was signed by somebody who knows the
 * secret, but perhaps by another version. Unknown fields are let through.
 */

const whole = z.number().int().min(0)
const finite = z.number()
const text = z.string()
const share = z.array(z.looseObject({ from: finite.min(0).max(1), to: finite.min(0).max(1) }))
const phase = z.enum(['prepare', 'armed', 'run', 'drain', 'stop'])

export const nodeShape = z.looseObject({
  id: text, name: text, boot: text, startedAt: finite.optional(), beat: whole, role: z.enum(['auto', 'worker', 'sentinel']), priority: finite, version: text,
  protocol: z.looseObject({ major: whole, minor: whole }),
  cpuPercent: finite, memoryPercent: finite, memoryBytes: finite, cores: finite, loopLagMs: finite, maxRate: finite.nullable(), startedPerSecond: finite, rttMs: finite, clockOffsetMs: finite, clockErrorMs: finite,
  drained: z.boolean(), parked: z.boolean(), maxEpoch: whole,
  work: z.array(z.looseObject({ taskId: text, runId: text, epoch: whole, revision: whole, phase })),
})

export const manifestShape = z.looseObject({
  nodeId: text, boot: text, epoch: whole, token: text, revision: whole, orders: z.looseObject({ drained: z.boolean(), priority: finite.nullable() }),
  assignments: z.array(z.looseObject({
    taskId: text, runId: text, orderNo: whole, spec: z.looseObject({ request: z.looseObject({ url: text }) }), load: z.looseObject({ model: z.enum(['open', 'closed']) }),
    share, shareFromMs: finite, phase, startAt: finite, stopAtMs: finite.nullable(),
  })),
  jobs: z.array(z.looseObject({ jobId: text, share })).optional(),
})

export const jobShape = z.looseObject({ id: text, kind: text, pieces: whole })
export const jobResultShape = z.looseObject({})
export const pieceShape = z.union([z.looseObject({ ok: z.literal(true) }), z.looseObject({ ok: z.literal(false), why: text })])

export const stopShape = z.looseObject({ taskId: text, orderNo: whole })

export const intentShape = z.looseObject({
  id: text, op: z.enum(['look', 'drain', 'resume', 'set-priority', 'make-master', 'mark-lost']), nodeId: text.optional(), value: finite.optional(), reason: text.optional(),
})

const bytes = z.instanceof(Uint8Array)

export const sampleShape = z.looseObject({
  runId: text, second: whole, last: z.boolean(), problems: z.array(z.unknown()), errorSamples: z.array(z.unknown()), vitals: z.looseObject({}),
  tally: z.looseObject({ planned: finite, started: finite, completed: finite, response: bytes, service: bytes, lag: bytes }),
})

export const stateShape = text
export const viewShape = z.looseObject({ run: z.looseObject({ id: text, endedAt: finite.nullable() }) })
export const summaryShape = z.looseObject({ run: z.looseObject({ id: text }) })
export const pointShape = z.looseObject({ atMs: whole })
export const eventShape = z.looseObject({ atMs: finite, kind: text })

const specShape = z.looseObject({ name: text, load: z.looseObject({}), request: z.looseObject({ url: text }) })
const taskStatus = z.enum(['draft', 'pending-run', 'running', 'pending-rate-change', 'pending-stop', 'finished', 'failed', 'aborted'])

export const taskShape = z.looseObject({
  id: text, spec: specShape, status: taskStatus, revision: whole, runId: text.nullable(), wantedRate: finite.nullable(), reason: text.nullable(), createdAt: finite, updatedAt: finite,
})
export const deletedShape = z.looseObject({ task: taskShape, deletedAt: finite })
export const runShape = z.looseObject({ id: text, taskId: text, spec: specShape, status: text, startedAt: finite, endedAt: finite.nullable() })

const sentence = z.looseObject({ key: text, params: z.record(text, z.union([text, finite])) })

export const electionShape = z.looseObject({
  kind: z.enum(['election', 'handover']), by: text, epoch: whole, term: whole, deputies: z.array(text), considered: z.array(z.looseObject({ nodeId: text, name: text.optional(), chosen: z.boolean(), why: text, said: z.array(sentence).optional() })),
  reason: text.optional(),
})
