import { isAnswerOf, parseExpectation, type Expectation, type Speaker } from '../../../../shared/task/expect.ts'

/** What ends an iteration, as a choice and, for some, a value. `auto`: nothing is said. */
export type Answer = Expectation['answer'] | 'auto'

export interface ExpectFields {
  answer: Answer
  value: string
}

const SAMPLES: Record<Expectation['answer'], Expectation> = {
  any: { answer: 'any' },
  none: { answer: 'none' },
  echo: { answer: 'echo' },
  pong: { answer: 'pong' },
  contains: { answer: 'contains', text: 'id' },
  until: { answer: 'until', text: '\r\n' },
  bytes: { answer: 'bytes', count: 1 },
  matches: { answer: 'matches', text: '^OK' },
  events: { answer: 'events', count: 1 },
  chunks: { answer: 'chunks', count: 1 },
  end: { answer: 'end' },
}

const FIRST_VALUES: Partial<Record<Answer, string>> = { contains: 'id', until: String.raw`\r\n`, bytes: '1', matches: '^OK', events: '10', chunks: '10' }

/** What can be told over a protocol, or of a stream. */
export function answersFor(speaker: Speaker): Answer[] {
  const known = Object.entries(SAMPLES).filter(([, sample]) => isAnswerOf(speaker, sample)).map(([answer]) => answer as Answer)
  return ['auto', ...known]
}

export function takesText(answer: Answer): boolean {
  return answer !== 'auto' && ('text' in SAMPLES[answer] || 'count' in SAMPLES[answer])
}

/** `until` shows line ends as `\r\n`; the others are shown as they are. */
export function expectFields(expect: string): ExpectFields {
  const parsed = parseExpectation(expect)
  if (expect === '') return { answer: 'auto', value: '' }
  if (!parsed.ok) return halfWritten(expect)
  const { expectation } = parsed
  if ('count' in expectation) return { answer: expectation.answer, value: String(expectation.count) }
  if (!('text' in expectation)) return { answer: expectation.answer, value: '' }
  return { answer: expectation.answer, value: expectation.answer === 'until' ? JSON.stringify(expectation.text).slice(1, -1) : expectation.text }
}

export function expectText({ answer, value }: ExpectFields): string {
  switch (answer) {
    case 'auto': return ''
    case 'any':
    case 'none':
    case 'echo':
    case 'pong':
    case 'end': return answer
    case 'bytes':
    case 'events':
    case 'chunks': return `${answer} ${value}`
    case 'until': return `until ${isEscaped(value) ? `"${value}"` : JSON.stringify(value)}`
    case 'contains':
    case 'matches': return `${answer} ${JSON.stringify(value)}`
  }
}

/** An answer that was just chosen, with something to begin with. */
export function newExpectation(answer: Answer): string {
  return expectText({ answer, value: FIRST_VALUES[answer] ?? '' })
}

function halfWritten(expect: string): ExpectFields {
  const [, word = '', rest = ''] = /^([a-z]*)\s*([^]*)$/i.exec(expect.trim()) ?? []
  const answer = word.toLowerCase()
  return Object.hasOwn(SAMPLES, answer) ? { answer: answer as Answer, value: rest.replace(/^"|"$/g, '') } : { answer: 'auto', value: '' }
}

function isEscaped(text: string): boolean {
  try {
    return typeof JSON.parse(`"${text}"`) === 'string'
  } catch {
    return false
  }
}
