import { protocolOf, type Protocol } from '../../../../shared/task/protocol.ts'
import { TASK_SCHEMA, type TaskSpec, type TransportSpec } from '../../../../shared/task/task.ts'
import { checkRow, checkText, type CheckRow } from './check-rows.ts'
import { dataInput, dataRows, type DataRow } from './data-form.ts'
import { loadForm, loadInput, type LoadForm } from './load-form.ts'
import { authForm, authInput, type AuthForm } from './auth-form.ts'
import { requestInput, type HeaderRow } from './request-form.ts'
import { soleStep, stepForm, stepInput, type StepForm } from './step-form.ts'
import { thresholdRow, thresholdText, type ThresholdRow } from './threshold-rows.ts'

/**
 * The task as the editor holds it: texts as typed, so that nothing half-written is lost or "corrected". What it means
 * is decided at one door only, `parseTaskSpec` of {@link specInput}.
 */
export interface TaskForm {
  name: string
  /** At least one. */
  steps: StepForm[]
  /** False: the only step is the request of the task. */
  stepwise: boolean
  stepOrder: 'sequence' | 'weighted'
  cookies: boolean
  auth: AuthForm
  load: LoadForm
  checks: CheckRow[]
  thresholds: ThresholdRow[]
  abortOnFail: boolean
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
    steps: spec.steps?.map(stepForm) ?? [soleStep(spec.request)],
    stepwise: spec.steps !== undefined,
    stepOrder: spec.stepOrder ?? 'sequence',
    cookies: spec.cookies ?? true,
    auth: authForm(spec.auth),
    load: loadForm(spec.load),
    checks: spec.checks.map(checkRow),
    thresholds: spec.thresholds.map(thresholdRow),
    abortOnFail: spec.abortOnFail ?? false,
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
    ...requestsInput(form),
    ...(protocolOf(form.steps[0]?.request.url ?? '') === 'tcp' ? {} : authInput(form.auth)),
    checks: form.checks.map(checkText),
    thresholds: form.thresholds.map(thresholdText),
    ...(form.abortOnFail ? { abortOnFail: true } : {}),
    transport: transportInput(form.transport, protocolOf(form.steps[0]?.request.url ?? '')),
    tags: form.tags,
    ...named('vars', form.vars),
    ...named('env', form.env),
    ...(data === undefined ? {} : { data }),
  }
}

function requestsInput({ steps, stepwise, stepOrder, cookies }: TaskForm): Record<string, unknown> {
  const [first] = steps
  if (!stepwise && first !== undefined) return { request: requestInput(first.request) }
  return { steps: steps.map((step) => stepInput(step, stepOrder === 'weighted')), ...(stepOrder === 'weighted' ? { stepOrder } : {}), ...(cookies ? {} : { cookies }) }
}

/** What is chosen for HTTP stays chosen while another protocol is looked at. */
function transportInput(transport: TransportSpec, protocol: Protocol): Record<string, unknown> {
  const entries = Object.entries(transport) as [string, unknown][]
  const given = Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.filter((text) => text !== '') : value]).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0))) as Record<string, unknown>
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
