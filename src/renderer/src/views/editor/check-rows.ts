import { parseCheck, type Check } from '../../../../shared/task/check.ts'
import { GRPC_STATUSES } from '../../../../shared/task/grpc-status.ts'
import { formatJsonPath } from '../../../../shared/task/json-path.ts'
import { formatBytes, formatTime } from '../../../../shared/quantity.ts'

/** A check as three fields and, for headers and places in JSON, a name. `text`: written by hand. */
export interface CheckRow {
  subject: CheckSubject
  name: string
  operator: string
  value: string
}

export type CheckSubject = 'status' | 'duration' | 'body' | 'json' | 'header' | 'size' | 'grpc-status' | 'text'

export const CHECK_SUBJECTS: readonly CheckSubject[] = ['status', 'duration', 'json', 'body', 'header', 'size', 'grpc-status', 'text']

const COMPARISONS = ['<', '<=', '>', '>=', '==', '!=']
const TEXTS = ['contains', 'not contains', '==', '!=', 'matches', 'not matches']

/** What can be asked of a subject, the usual first. */
export const CHECK_OPERATORS: Record<CheckSubject, readonly string[]> = {
  status: ['in', ...COMPARISONS],
  duration: COMPARISONS,
  body: TEXTS,
  json: ['==', '!=', '<', '<=', '>', '>=', 'contains', 'not contains', 'matches', 'not matches', 'exists', 'not exists'],
  header: [...TEXTS, 'exists', 'not exists'],
  size: COMPARISONS,
  'grpc-status': ['==', '!=', 'in'],
  text: [''],
}

const FIRST_VALUES: Record<CheckSubject, string> = { status: '200-299', duration: '500ms', body: '', json: 'true', header: '', size: '10kb', 'grpc-status': 'OK', text: 'status == 200' }

const FIRST_NAMES: Partial<Record<CheckSubject, string>> = { header: 'content-type', json: '$.ok' }

export function newCheck(subject: CheckSubject): CheckRow {
  return { subject, name: FIRST_NAMES[subject] ?? '', operator: CHECK_OPERATORS[subject][0] ?? '', value: FIRST_VALUES[subject] }
}

export function checkRow(expression: string): CheckRow {
  const parsed = parseCheck(expression)
  // A line break cannot be typed into a field of one line, and would be lost in it.
  return parsed.ok && !('text' in parsed.check && /[\u0000-\u001f]/.test(parsed.check.text)) ? rowOf(parsed.check) : { subject: 'text', name: '', operator: '', value: expression }
}

/** That a place in JSON holds this value. */
export function jsonCheck(path: string, value: string): CheckRow {
  return { subject: 'json', name: path, operator: '==', value }
}

/** Exists and its opposite need no value. */
export function takesValue({ operator }: CheckRow): boolean {
  return !operator.endsWith('exists')
}

/** The expression of a row; a half-filled one gives a text that the parser refuses with its reason. */
export function checkText({ subject, name, operator, value }: CheckRow): string {
  switch (subject) {
    case 'text': return value
    case 'status':
    case 'grpc-status': return `${subject} ${operator} ${value}`
    case 'duration': return `duration ${operator} ${/^[\d.]+$/.test(value.trim()) ? `${value.trim()}ms` : value}`
    case 'size': return `size ${operator} ${/^\d+$/.test(value.trim()) ? `${value.trim()}b` : value}`
    case 'body': return `body ${operator} ${JSON.stringify(value)}`
    case 'json': return `${name} ${operator}${operator.endsWith('exists') ? '' : ` ${/(contains|matches)$/.test(operator) ? JSON.stringify(value) : value}`}`
    case 'header': return `header ${name} ${operator}${operator.endsWith('exists') ? '' : ` ${JSON.stringify(value)}`}`
  }
}

function rowOf(check: Check): CheckRow {
  const row = { subject: check.subject, name: '', operator: check.operator as string }
  switch (check.subject) {
    case 'status': return { ...row, value: check.operator === 'in' ? check.ranges.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`)).join(', ') : String(check.value) }
    case 'grpc-status': return { ...row, value: check.codes.map((code) => GRPC_STATUSES[code]).join(', ') }
    case 'duration': return { ...row, value: formatTime(check.ms) }
    case 'size': return { ...row, value: formatBytes(check.bytes) }
    case 'json': return { ...row, name: formatJsonPath(check.path), value: 'text' in check ? check.text : 'value' in check ? JSON.stringify(check.value) : '' }
    case 'body': return { ...row, value: check.text }
    case 'header': return { ...row, name: check.name, value: 'text' in check ? check.text : '' }
  }
}
