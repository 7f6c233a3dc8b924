import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** Not for screens: figures for scrapers, pages before the sign-in, the library's own times, words of other programs, the schema for editors. */
const UNHEARD = /api\/(metrics|sign-in|static-files|cluster-watch)|node\/(drivers|timings)|imports\/curl\/curl-(flags|skips)|shared\/task\/(task-file-schema|task-command)/
/** Statements of SQL, values of headers, and expressions as a task writes them. */
const NO_PROSE = /^(SELECT|INSERT|UPDATE|DELETE|PRAGMA|CREATE) |^(Basic|Bearer|HTTP|grpc|auth:|leave) \{0\}$|^Authorization: |^stampede (envelope|key id)$|^gzip, deflate$|^((status|body|header|size|duration|cookie) [{"]|header content-type contains|(body |not )?contains|status in |not (exists|matches))/
/** Templates with a word of a closed set in a hole: the table has each of them whole, for the template alone says too little. */
const SPELLED_OUT: ReadonlySet<string> = new Set([
  '{0} is {1}.', 'no namespace', 'no certificate', 'no name of a node', 'no secret', '{0} is too {1}.', '{0} within {1}', '{0} where none belongs', 'connection closed {0}',
  'connection closed in the middle of the {0}', '{0} is the path of a {1}, not {2}.', 'This is no PEM text of a {0}.', '"{0}" is running and cannot be {1}.',
  '{0} is no number of {1}.', '{0} is not a whole number of {1}.', 'iterations in flight', 'a {0}', 'Row {0} has {1} {2}, the header names {3}.',
  'cannot be started', 'has no rate to change', 'cannot change its rate', 'cannot be stopped', 'cannot be reported as {0}',
  'The master {0} is {1}, as seen from here.', 'sick: it renews but gets nothing done',
  // The library's own words, which are looked at and never shown; and an error that becomes another one.
  'Command timed out', 'unclosed quote',
])

/** What documents a schema, is written for developers or goes into a log is not shown on a screen. */
const UNSAID = /^(description|title|examples|pattern|meta)$/
const THROWN_AT_DEVELOPERS = /^(Error|TypeError|RangeError|SyntaxError|WireError)$/

/** A text of the source with its holes numbered, as `src/shared/locales/problems` writes it: `{0} is no rate.` */
export interface SpokenText {
  file: string
  text: string
}

/**
 * Every text of the sources that reads like something said to a person: sentences, cures, and the words that are put into
 * their holes. By its looks and not by where it is used, so that none can be missed.
 * @param places files and folders below src.
 */
export function spokenTexts(places: readonly string[]): SpokenText[] {
  return places.flatMap(filesOf).flatMap((file) => textsOf(file).map((text) => ({ file, text })))
}

/** Whether the table need not have the very text. */
export function isSpelledOut(text: string): boolean {
  return SPELLED_OUT.has(text)
}

function filesOf(place: string): string[] {
  if (statSync(join(source, place)).isFile()) return [place]
  return readdirSync(join(source, place), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/(^|\/)(locales|lua)\//.test(path))
    .map((path) => `${place}/${path}`)
    .filter((path) => !UNHEARD.test(path))
}

function textsOf(file: string): string[] {
  const found = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (isUnsaid(node)) return
    const text = templateOf(node)
    if (text !== null && isSaid(text)) found.add(text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(join(source, file), 'utf8'), ts.ScriptTarget.Latest, true))
  return [...found]
}

function isUnsaid(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return true
  if (ts.isPropertyAssignment(node)) return UNSAID.test(node.name.getText())
  if (ts.isNewExpression(node)) return THROWN_AT_DEVELOPERS.test(node.expression.getText())
  return ts.isCallExpression(node) && /Meta$|^(path|expressions)$/.test(node.expression.getText())
}

/** `${x} is no rate.` → `{0} is no rate.`; null for what is no text. */
export function templateOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  return ts.isTemplateExpression(node) ? node.templateSpans.reduce((text, span, i) => `${text}{${i}}${span.literal.text}`, node.head.text) : null
}

/** Two words of letters at least, beside each other; or a sentence with its stop. */
function isSaid(text: string): boolean {
  if (NO_PROSE.test(text) || /\n[\s\S]*\n/.test(text)) return false
  return /(^|[ ("“])(A|a|[A-Za-z]{2,})[’']?[a-z]*[,:;]? (\{\d+\}|[a-z]{2,}|"?[a-z])/.test(text) || (/\w /.test(text) && /[a-z}"][.?]$/.test(text))
}
