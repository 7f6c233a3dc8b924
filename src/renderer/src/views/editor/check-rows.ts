import { formatCheck, parseCheck, type Check } from '../../../../shared/check.ts'
import { formatBytes, formatTime } from '../../../../shared/quantity.ts'

/** A check as three fields and, for headers, a name. `text`: written by hand. */
export interface CheckRow {
  subject: CheckSubject
  name: string
  operator: string
  value: string
}

export type CheckSubject = 'status' | 'duration' | 'body' | 'header' | 'size' | 'text'

export const CHECK_SUBJECTS: readonly CheckSubject[] = ['status', 'duration', 'body', 'header', 'size', 'text']

const COMPARISONS = ['<', '<=', '>', '>=', '==', '!=']
const TEXTS = ['contains', 'not contains', '==', '!=', 'matches', 'not matches']

/** What can be asked of a subject, the usual first. */
export const CHECK_OPERATORS: Record<CheckSubject, readonly string[]> = {
  status: ['in', ...COMPARISONS],
  duration: COMPARISONS,
  body: TEXTS,
  header: [...TEXTS, 'exists', 'not exists'],
  size: COMPARISONS,
  text: [''],
}

const FIRST_VALUES: Record<CheckSubject, string> = { status: '200-299', duration: '500ms', body: '', header: '', size: '10kb', text: 'status == 200' }

export function newCheck(subject: CheckSubject): CheckRow {
  return { subject, name: subject === 'header' ? 'content-type' : '', operator: CHECK_OPERATORS[subject][0] ?? '', value: FIRST_VALUES[subject] }
}

export function checkRow(expression: string): CheckRow {
  const parsed = parseCheck(expression)
  return parsed.ok ? rowOf(parsed.check) : { subject: 'text', name: '', operator: '', value: expression }
}

/** Exists and its opposite need no value. */
export function takesValue({ operator }: CheckRow): boolean {
  return !operator.endsWith('exists')
}

/** The expression of a row; a half-filled one gives a text that the parser refuses with its reason. */
export function checkText({ subject, name, operator, value }: CheckRow): string {
  switch (subject) {
    case 'text': return value
    case 'status': return `status ${operator} ${value}`
    case 'duration': return `duration ${operator} ${/^[\d.]+$/.test(value.trim()) ? `${value.trim()}ms` : value}`
    case 'size': return `size ${operator} ${/^\d+$/.test(value.trim()) ? `${value.trim()}b` : value}`
    case 'body': return `body ${operator} ${JSON.stringify(value)}`
    case 'header': return `header ${name} ${operator}${operator.endsWith('exists') ? '' : ` ${JSON.stringify(value)}`}`
  }
}

function rowOf(check: Check): CheckRow {
  if (check.subject === 'json' || check.subject === 'grpc-status') return { subject: 'text', name: '', operator: '', value: formatCheck(check) }
  const row = { subject: check.subject, name: '', operator: check.operator as string }
  switch (check.subject) {
    case 'status': return { ...row, value: check.operator === 'in' ? check.ranges.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`)).join(', ') : String(check.value) }
    case 'duration': return { ...row, value: formatTime(check.ms) }
    case 'size': return { ...row, value: formatBytes(check.bytes) }
    case 'body': return { ...row, value: check.text }
    case 'header': return { ...row, name: check.name, value: 'text' in check ? check.text : '' }
  }
}
