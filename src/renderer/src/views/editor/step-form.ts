import { parseExtraction, formatExtraction } from '../../../../shared/task/extraction.ts'
import { formatJsonPath } from '../../../../shared/task/json-path.ts'
import type { RequestSpec, StepSpec } from '../../../../shared/task/task.ts'
import { checkRow, checkText, type CheckRow } from './check-rows.ts'
import { requestForm, requestInput, type RequestForm } from './request-form.ts'

/** One request of an iteration. A task without steps has exactly one, of which only the request counts. */
export interface StepForm {
  name: string
  request: RequestForm
  extract: ExtractRow[]
  checks: CheckRow[]
  thinkTime: string
  weight: string
  onFailure: 'stop' | 'continue'
}

export type ExtractSource = 'json' | 'header' | 'cookie' | 'body' | 'status' | 'text'

/** A value that is taken out of an answer. `where`: path, name, or expression. */
export interface ExtractRow {
  name: string
  source: ExtractSource
  where: string
  /** Of a header: what of its value. */
  pattern: string
}

export const EXTRACT_SOURCES: readonly ExtractSource[] = ['json', 'header', 'cookie', 'body', 'status']

export function stepForm(step: StepSpec): StepForm {
  return {
    name: step.name,
    request: requestForm(step.request),
    extract: Object.entries(step.extract ?? {}).map(([name, expression]) => ({ name, ...extractFields(expression) })),
    checks: (step.checks ?? []).map(checkRow),
    thinkTime: step.thinkTime ?? '',
    weight: step.weight === undefined ? '' : String(step.weight),
    onFailure: step.onFailure ?? 'stop',
  }
}

export function soleStep(request: RequestSpec): StepForm {
  return { name: '', request: requestForm(request), extract: [], checks: [], thinkTime: '', weight: '', onFailure: 'stop' }
}

/** What goes to the parser. A weight is kept while the order is a sequence, and not said. */
export function stepInput(step: StepForm, weighted: boolean): Record<string, unknown> {
  const extract = step.extract.filter(({ name, where, source }) => name.trim() !== '' || (where !== '' && source !== 'status'))
  return {
    ...(step.name.trim() === '' ? {} : { name: step.name }),
    request: requestInput(step.request),
    ...(extract.length === 0 ? {} : { extract: Object.fromEntries(extract.map((row) => [row.name.trim(), extractText(row)])) }),
    ...(step.checks.length === 0 ? {} : { checks: step.checks.map(checkText) }),
    ...(step.thinkTime.trim() === '' ? {} : { thinkTime: step.thinkTime }),
    ...(weighted && step.weight.trim() !== '' ? { weight: step.weight } : {}),
    ...(step.onFailure === 'continue' ? { onFailure: 'continue' } : {}),
  }
}

export function extractFields(expression: string): Omit<ExtractRow, 'name'> {
  const parsed = parseExtraction(expression)
  if (!parsed.ok) return { source: 'text', where: expression, pattern: '' }
  const { extraction } = parsed
  switch (extraction.source) {
    case 'json': return { source: 'json', where: formatJsonPath(extraction.path), pattern: '' }
    case 'body': return { source: 'body', where: extraction.pattern, pattern: '' }
    case 'header': return { source: 'header', where: extraction.name, pattern: extraction.pattern ?? '' }
    case 'cookie': return { source: 'cookie', where: extraction.name, pattern: '' }
    case 'status': return { source: 'status', where: '', pattern: '' }
  }
}

/** The expression of a row; a half-filled one gives a text that the parser refuses with its reason. */
export function extractText({ source, where, pattern }: Omit<ExtractRow, 'name'>): string {
  switch (source) {
    case 'json':
    case 'text': return where
    case 'body': return `body ${JSON.stringify(where)}`
    case 'header': return pattern === '' ? `header ${where}` : `header ${where} ${JSON.stringify(pattern)}`
    case 'cookie': return formatExtraction({ source: 'cookie', name: where })
    case 'status': return 'status'
  }
}

/** A name for a value by its path, one that is free: `$.data.token` → `token`. */
export function nameFor(path: string, taken: readonly string[]): string {
  const last = /([\p{L}_][\p{L}\p{N}_-]*)[^\p{L}_]*$/u.exec(path)?.[1]?.replace(/[^\w-]+/g, '') ?? ''
  const stem = /^[A-Za-z_]/.test(last) ? last.slice(0, 60) : 'value'
  let name = stem
  for (let n = 2; taken.includes(name); n++) name = `${stem}${String(n)}`
  return name
}

/** A step after another: the same host, a name that is free. */
export function nextStep(steps: readonly StepForm[], after: StepForm): StepForm {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(after.request.url)?.[0] ?? ''
  const step = soleStep({ method: 'GET', url: origin === '' ? '' : `${origin}/`, headers: {} })
  return { ...step, name: freeStepName(steps, `step ${String(steps.length + 1)}`) }
}

export function freeStepName(steps: readonly { name: string }[], wanted: string): string {
  const base = wanted.replace(/ \d+$/, '')
  let name = wanted
  for (let n = 2; steps.some((step) => step.name === name); n++) name = `${base} ${String(n)}`
  return name
}
