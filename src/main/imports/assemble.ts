import { defaultTaskSpec, parseTaskSpec, requireTaskSpec } from '../../shared/task/task-schema.ts'
import { ImportNotes, refusal, shorten } from './import-notes.ts'
import type { RequestSpec, TaskSpec } from '../../shared/task/task.ts'

/** Requests found in a file → one task: a single request, or steps. */

/** As many as a task may have. */
export const MOST_STEPS = 100
const MAX_NAME = 100
/** A flow of many requests begins gently. */
const FLOW_LOAD = { rate: 10, duration: '30s' }

export interface FoundRequest {
  name: string
  request: RequestSpec
  /** Pause before the next request. */
  thinkTime?: string
  /** How often it is drawn, where the order is weighted. */
  weight?: number
}

/** What belongs to the task as a whole. */
export type Around = Partial<Pick<TaskSpec, 'name' | 'vars' | 'env' | 'transport' | 'stepOrder' | 'auth'>>

/** Requests that a task cannot hold are told and left out. Throws AppError `bad-input` when none is left. */
export function assemble(found: readonly FoundRequest[], around: Around, notes: ImportNotes): TaskSpec {
  const { stepOrder, ...rest } = withSoundAuth(around, notes)
  const sound = found.filter((one) => isSound(one, rest, notes))
  for (const { name } of sound.slice(MOST_STEPS)) notes.skip(name, 'too-many', { most: MOST_STEPS })
  const [first, ...more] = named(sound.slice(0, MOST_STEPS))
  if (first === undefined) throw nothingLeft(notes)
  noteTaken(first.request, more.length + 1, notes)
  if (more.length === 0) return requireTaskSpec({ load: defaultTaskSpec('').load, ...rest, request: first.request })
  const weighted = stepOrder === 'weighted'
  const steps = [first, ...more].map(({ name, request, thinkTime, weight }) => ({ name, request, ...(thinkTime === undefined ? {} : { thinkTime }), ...(weight === undefined || !weighted ? {} : { weight }) }))
  return requireTaskSpec({ load: FLOW_LOAD, ...rest, steps, ...(weighted ? { stepOrder } : {}) })
}

/** What was found as a single request is told by its parts, several by their number. */
function noteTaken(request: RequestSpec, count: number, notes: ImportNotes): void {
  const told = new ImportNotes()
  if (count > 1) told.take('requests', { n: count })
  else {
    const names = Object.keys(request.headers)
    told.take('method', { method: request.method })
    if (names.length > 0) told.take(names.length === 1 ? 'header' : 'headers', { n: names.length })
    if (request.body !== undefined) told.take('body.text', { n: request.body.length })
    if (request.bodyBase64 !== undefined) told.take('body.bytes')
    if (request.form !== undefined) told.take('body.form')
    if (request.multipart !== undefined) told.take('body.multipart', { n: request.multipart.length })
  }
  notes.taken.unshift(...told.taken)
}

/** One request must not keep the others from being imported. */
function isSound({ name, request }: FoundRequest, around: Omit<Around, 'stepOrder'>, notes: ImportNotes): boolean {
  const parsed = parseTaskSpec({ load: FLOW_LOAD, ...around, request })
  const wrong = parsed.ok ? undefined : parsed.problems.find(({ path }) => path.startsWith('request'))
  // What is wrong with the task around is no fault of the request; it is told when all is put together.
  if (wrong === undefined) return true
  notes.skip(name, 'refused', { why: wrong.message })
  return false
}

/** An authorization that a task cannot hold is left out, not the requests with it. */
function withSoundAuth({ auth, ...around }: Around, notes: ImportNotes): Around {
  if (auth === undefined) return around
  const { stepOrder: _, ...rest } = around
  const parsed = parseTaskSpec({ load: FLOW_LOAD, ...rest, auth, request: { url: 'http://127.0.0.1/' } })
  const wrong = parsed.ok ? undefined : parsed.problems.find(({ path }) => path.startsWith('auth'))
  if (wrong === undefined) return { ...around, auth }
  notes.skip(`auth: ${auth.type}`, 'refused', { why: wrong.message })
  return around
}

/** Steps are told by name, so each has its own. */
function named(found: readonly FoundRequest[]): FoundRequest[] {
  const seen = new Set<string>()
  return found.map((one) => {
    const base = cleaned(one.name)
    let name = base
    for (let n = 2; seen.has(name); n += 1) name = `${base.slice(0, MAX_NAME - 6)} ${n}`
    seen.add(name)
    return { ...one, name }
  })
}

function cleaned(name: string): string {
  return name.slice(0, 1000).toWellFormed().replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim().slice(0, MAX_NAME).toWellFormed().trim() || 'request'
}

function nothingLeft({ skipped }: ImportNotes): Error {
  const why = skipped.slice(0, 3).map(({ what }) => what).join(', ')
  return refusal('There is no request in it that a task could send.', skipped.length === 0 ? 'Choose another file.' : `Left out: ${shorten(why)}${skipped.length > 3 ? ' …' : ''}. Choose with a selection, for example GET /orders.`)
}
