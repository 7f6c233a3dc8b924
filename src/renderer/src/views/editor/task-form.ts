import { TASK_SCHEMA, type TaskSpec, type TransportSpec } from '../../../../shared/task.ts'
import { checkRow, checkText, type CheckRow } from './check-rows.ts'
import { loadForm, loadInput, type LoadForm } from './load-form.ts'
import { thresholdRow, thresholdText, type ThresholdRow } from './threshold-rows.ts'

/**
 * The task as the editor holds it: texts as typed, so that nothing half-written is lost or "corrected". What it means
 * is decided at one door only, `parseTaskSpec` of {@link specInput}.
 */
export interface TaskForm {
  name: string
  method: string
  url: string
  headers: HeaderRow[]
  body: string
  /** A binary body cannot be edited; it is kept until a text replaces it. */
  bodyBase64: string | null
  load: LoadForm
  checks: CheckRow[]
  thresholds: ThresholdRow[]
  transport: TransportSpec
  tags: Record<string, string>
}

export interface HeaderRow {
  name: string
  value: string
}

export function taskForm(spec: TaskSpec): TaskForm {
  return {
    name: spec.name,
    method: spec.request.method,
    url: spec.request.url,
    headers: Object.entries(spec.request.headers).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value }))),
    body: spec.request.body ?? '',
    bodyBase64: spec.request.bodyBase64 ?? null,
    load: loadForm(spec.load),
    checks: spec.checks.map(checkRow),
    thresholds: spec.thresholds.map(thresholdRow),
    transport: { ...spec.transport },
    tags: { ...spec.tags },
  }
}

/** What goes to `parseTaskSpec`. Empty rows say nothing; an empty name is left to the default. */
export function specInput(form: TaskForm): unknown {
  return {
    schema: TASK_SCHEMA,
    ...(form.name.trim() === '' ? {} : { name: form.name }),
    load: loadInput(form.load),
    request: { method: form.method, url: form.url, headers: headersOf(form.headers), ...bodyOf(form) },
    checks: form.checks.map(checkText),
    thresholds: form.thresholds.map(thresholdText),
    transport: form.transport,
    tags: form.tags,
  }
}

/** Repeated names become a list, as the header is to be sent more than once. */
function headersOf(rows: readonly HeaderRow[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const { name, value } of rows) {
    if (name.trim() === '' && value.trim() === '') continue
    const key = name.trim()
    const former = headers[key]
    headers[key] = former === undefined ? value : [former, value].flat()
  }
  return headers
}

function bodyOf({ body, bodyBase64 }: TaskForm): { body?: string; bodyBase64?: string } {
  if (body !== '') return { body }
  return bodyBase64 === null ? {} : { bodyBase64 }
}
