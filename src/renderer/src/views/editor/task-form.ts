import { protocolOf, type Protocol } from '../../../../shared/protocol.ts'
import { TASK_SCHEMA, type TaskSpec, type TransportSpec } from '../../../../shared/task.ts'
import { checkRow, checkText, type CheckRow } from './check-rows.ts'
import { dataInput, dataRows, type DataRow } from './data-form.ts'
import { loadForm, loadInput, type LoadForm } from './load-form.ts'
import { requestForm, requestInput, type HeaderRow, type RequestForm } from './request-form.ts'
import { thresholdRow, thresholdText, type ThresholdRow } from './threshold-rows.ts'

/**
 * The task as the editor holds it: texts as typed, so that nothing half-written is lost or "corrected". What it means
 * is decided at one door only, `parseTaskSpec` of {@link specInput}.
 */
export interface TaskForm {
  name: string
  request: RequestForm
  load: LoadForm
  checks: CheckRow[]
  thresholds: ThresholdRow[]
  transport: TransportSpec
  tags: Record<string, string>
  vars: HeaderRow[]
  /** Values are never shown: a name that is known keeps its value until another is typed. */
  env: HeaderRow[]
  data: DataRow[]
}

export function taskForm(spec: TaskSpec): TaskForm {
  return {
    name: spec.name,
    request: requestForm(spec.request),
    load: loadForm(spec.load),
    checks: spec.checks.map(checkRow),
    thresholds: spec.thresholds.map(thresholdRow),
    transport: { ...spec.transport },
    tags: { ...spec.tags },
    vars: pairsOf(spec.vars),
    env: pairsOf(spec.env),
    data: dataRows(spec.data),
  }
}

/** What goes to `parseTaskSpec`. Empty rows say nothing; an empty name is left to the default. */
export function specInput(form: TaskForm): unknown {
  const data = dataInput(form.data)
  return {
    schema: TASK_SCHEMA,
    ...(form.name.trim() === '' ? {} : { name: form.name }),
    load: loadInput(form.load),
    request: requestInput(form.request),
    checks: form.checks.map(checkText),
    thresholds: form.thresholds.map(thresholdText),
    transport: transportInput(form.transport, protocolOf(form.request.url)),
    tags: form.tags,
    ...named('vars', form.vars),
    ...named('env', form.env),
    ...(data === undefined ? {} : { data }),
  }
}

/** What is chosen for HTTP stays chosen while another protocol is looked at. */
function transportInput(transport: TransportSpec, protocol: Protocol): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(transport).filter(([, value]) => value !== ''))
  if (protocol === 'http') return given
  const { protocol: _, follow: __, proxy: ___, ...common } = given
  return common
}

function pairsOf(values: Record<string, string> | undefined): HeaderRow[] {
  return Object.entries(values ?? {}).map(([name, value]) => ({ name, value }))
}

function named(key: 'vars' | 'env', rows: readonly HeaderRow[]): Record<string, Record<string, string>> {
  const filled = rows.filter(({ name, value }) => name.trim() !== '' || value !== '')
  return filled.length === 0 ? {} : { [key]: Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value])) }
}
