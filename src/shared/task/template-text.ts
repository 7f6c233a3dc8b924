import { nearest, show } from '../suggest.ts'

/**
 * Text with variables: what a request says differently each time.
 *
 *     {{users.id}}      a column of the data "users"          {{vars.host}}  {{env.TOKEN}}   the same in every request
 *     {{seq}}           the number of the iteration, 1, 2, …  {{int 1 5}}    a whole number, both ends included
 *     {{uuid}}          a random UUID                          {{now}}  {{now iso}}  {{now s}}   the time of sending
 *     {{step.token}}    what an earlier step of the same iteration has extracted
 *     {{'{{'}}         the braces themselves, or any other text
 */
export type Variable =
  | { kind: 'data'; data: string; column: string }
  | { kind: 'vars' | 'env' | 'step'; name: string }
  | { kind: 'int'; from: number; to: number }
  | { kind: 'now'; format: 'ms' | 's' | 'iso' }
  | { kind: 'seq' | 'uuid' }

/** Literal text, or a variable. */
export type TemplatePart = string | Variable

export type ParsedTemplate = { ok: true; parts: TemplatePart[] } | { ok: false; message: string; hint: string }

/** The names that variables may have in a task. */
export interface KnownNames {
  vars: readonly string[]
  /** Null: they come from elsewhere, any will do. */
  env: readonly string[] | null
  /** Columns of each data; null where they are not known yet. */
  data: Readonly<Record<string, readonly string[] | null>>
  /** What the steps before this one extract; none by default. */
  step?: readonly string[]
}

type ParsedVariable = { ok: true; part: TemplatePart } | { ok: false; message: string; hint: string }

const SIMPLE = ['uuid', 'seq', 'now', 'int 1 5']
const EXPRESSION = /\{\{\s*('[^']*'|"[^"]*"|[^{}'"]*?)\s*\}\}/y
const MOST_VARIABLES = 100
const LITERAL = "To send the braces themselves, write {{'{{'}}."

export function hasVariables(text: string): boolean {
  return text.includes('{{')
}

/** Without `known` any name is taken; only the writing is judged. */
export function parseTemplate(text: string, known?: KnownNames): ParsedTemplate {
  const parts: TemplatePart[] = []
  let from = 0
  for (let at = text.indexOf('{{'); at !== -1; at = text.indexOf('{{', from)) {
    EXPRESSION.lastIndex = at
    const match = EXPRESSION.exec(text)
    if (match === null) return { ok: false, ...unclosed(text, at) }
    const parsed = parseVariable(match[1] ?? '', known)
    if (!parsed.ok) return parsed
    if (at > from) parts.push(text.slice(from, at))
    parts.push(parsed.part)
    from = EXPRESSION.lastIndex
    if (parts.length > MOST_VARIABLES * 2) return { ok: false, message: `More than ${MOST_VARIABLES} variables in one text.`, hint: 'Use fewer.' }
  }
  if (from < text.length) parts.push(text.slice(from))
  return { ok: true, parts: joined(parts) }
}

/** The variables of a text that has been judged. */
export function variablesOf(text: string): Variable[] {
  const parsed = hasVariables(text) ? parseTemplate(text) : null
  return parsed?.ok === true ? parsed.parts.filter((part) => typeof part !== 'string') : []
}

function parseVariable(text: string, known: KnownNames | undefined): ParsedVariable {
  if (/^['"]/.test(text)) return { ok: true, part: text.slice(1, -1) }
  const [word = '', ...rest] = text.split(/\s+/)
  switch (word) {
    case '': return { ok: false, message: 'The braces {{ }} are empty.', hint: `Write a variable, for example {{seq}}. ${LITERAL}` }
    case 'uuid':
    case 'seq': return rest.length === 0 ? { ok: true, part: { kind: word } } : { ok: false, message: `{{${word}}} takes nothing behind it.`, hint: `Write {{${word}}}.` }
    case 'int': return parseInteger(rest)
    case 'now': return parseNow(rest)
    default: return rest.length === 0 ? parseName(word, known) : { ok: false, message: `${show(text)} is no variable.`, hint: suggestion(word, known) }
  }
}

function parseInteger(bounds: string[]): ParsedVariable {
  const [from, to] = bounds.map((bound) => (/^-?\d{1,15}$/.test(bound) ? Number(bound) : NaN))
  const example = 'Write for example {{int 1 5}}: from 1 to 5, both included.'
  if (bounds.length !== 2 || from === undefined || to === undefined || Number.isNaN(from + to)) return { ok: false, message: '{{int}} needs two whole numbers.', hint: example }
  return from <= to ? { ok: true, part: { kind: 'int', from, to } } : { ok: false, message: `{{int ${from} ${to}}} ends before it begins.`, hint: `Write {{int ${to} ${from}}}.` }
}

function parseNow(formats: string[]): ParsedVariable {
  const format = formats.length === 0 ? 'ms' : formats.length === 1 ? formats[0] : ''
  if (format === 'ms' || format === 's' || format === 'iso') return { ok: true, part: { kind: 'now', format } }
  return { ok: false, message: `{{now ${formats.join(' ')}}} is no format of the time.`, hint: 'Write {{now}} for milliseconds, {{now s}} for seconds, {{now iso}} for 2026-01-31T12:00:00.000Z.' }
}

function parseName(word: string, known: KnownNames | undefined): ParsedVariable {
  const dot = word.indexOf('.')
  const [group, name] = dot === -1 ? [word, ''] : [word.slice(0, dot), word.slice(dot + 1)]
  if (group === '' || name === '') return { ok: false, message: `There is no variable ${show(word)}.`, hint: suggestion(word, known) }
  if (group === 'vars' || group === 'env') {
    const names = known?.[group] ?? null
    if (names === null || names.includes(name)) return { ok: true, part: { kind: group, name } }
    return { ok: false, message: group === 'vars' ? `vars has no "${name}".` : `env has no value for "${name}".`, hint: suggestion(word, known, group === 'vars' ? `Add vars: { ${name}: … }, or --var ${name}=….` : `Set ${name} where the command is given, or add env: { ${name}: … }.`) }
  }
  if (group === 'step') {
    if (known === undefined || known.step?.includes(name) === true) return { ok: true, part: { kind: 'step', name } }
    return { ok: false, message: `No step before this one extracts "${name}".`, hint: suggestion(word, known, `Add extract: { ${name}: … } to an earlier step of a sequence.`) }
  }
  if (known === undefined) return { ok: true, part: { kind: 'data', data: group, column: name } }
  if (!Object.hasOwn(known.data, group)) return { ok: false, message: `No data named ${group}.`, hint: suggestion(word, known) }
  const columns = known.data[group] ?? null
  if (columns === null || columns.includes(name)) return { ok: true, part: { kind: 'data', data: group, column: name } }
  return { ok: false, message: `The data ${group} has no column "${name}".`, hint: suggestion(word, known) }
}

/** The variable that was probably meant, or what there is; both only if nothing better is known. */
function suggestion(word: string, known: KnownNames | undefined, otherwise?: string): string {
  const names = namesOf(known)
  const near = nearest(word, names)
  if (near !== null) return `Did you mean {{${near}}}?`
  return otherwise ?? `Known: ${names.slice(0, 12).join(', ')}. ${LITERAL}`
}

function namesOf(known: KnownNames | undefined): string[] {
  if (known === undefined) return SIMPLE
  const data = Object.entries(known.data).flatMap(([name, columns]) => (columns ?? []).map((column) => `${name}.${column}`))
  return [...data, ...(known.step ?? []).map((name) => `step.${name}`), ...known.vars.map((name) => `vars.${name}`), ...(known.env ?? []).map((name) => `env.${name}`), ...SIMPLE]
}

function unclosed(text: string, at: number): { message: string; hint: string } {
  const end = text.indexOf('}}', at)
  if (end === -1) return { message: `The braces opened at character ${at + 1} are not closed.`, hint: `Write for example {{seq}}. ${LITERAL}` }
  return { message: `${show(text.slice(at, end + 2))} is no variable.`, hint: LITERAL }
}

/** Neighbouring literals become one. */
function joined(parts: TemplatePart[]): TemplatePart[] {
  return parts.reduce<TemplatePart[]>((list, part) => {
    const last = list.at(-1)
    if (typeof part === 'string' && typeof last === 'string') list[list.length - 1] = last + part
    else list.push(part)
    return list
  }, [])
}
