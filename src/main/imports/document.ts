import { refusal } from './import-notes.ts'

/**
 * The text of a file → plain objects, lists and values. JSON is read as JSON, anything else as YAML; what could play
 * tricks is refused here, once for all formats: deep nesting, cycles, bombs of aliases, `__proto__`.
 */

/** What a file to import may have; 32 Mi. */
export const MAX_CHARACTERS = 33_554_432
const MAX_DEPTH = 200
const MAX_VALUES = 5_000_000
/** A few aliases are shorthand; thousands of one list are a bomb. */
const MAX_ALIASES = 100

/** Throws AppError `bad-input`. @param what what the text should be, for messages: `a HAR file`. */
export async function readDocument(text: string, what: string): Promise<unknown> {
  const value = /^\s*[{[]/.test(text) ? readJson(text, what) : await readYaml(text, what)
  sanitize(value)
  return value
}

function readJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refusal(`This is not ${what}: its JSON is broken. ${firstLine(error)}`, 'Export it again; the file may be cut off.')
  }
}

async function readYaml(text: string, what: string): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  try {
    const document = parseDocument(text, { prettyErrors: true, merge: true, strict: false, logLevel: 'silent' })
    // A bracket in the wrong column is plain enough, and common.
    const error = document.errors.find(({ code }) => code !== 'BAD_INDENT')
    if (error !== undefined) throw error
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    throw refusal(`This is not ${what}: it is neither JSON nor YAML. ${firstLine(error)}`, 'Export it again; the file may be cut off.')
  }
}

function firstLine(error: unknown): string {
  const line = (error as Error).message.split('\n')[0] ?? ''
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}

/** In place: the documents are ours, and large. An alias of YAML may occur twice, but not in itself. */
function sanitize(document: unknown): void {
  let left = MAX_VALUES
  const above = new Set<object>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (--left < 0) throw refusal(`The file has more than ${MAX_VALUES.toLocaleString('en')} objects and lists.`, 'Export a smaller part.')
    if (above.size >= MAX_DEPTH || above.has(value)) throw refusal(`The file is nested deeper than ${MAX_DEPTH} levels.`, 'No program writes such a file; export it again.')
    if (Object.hasOwn(value, '__proto__')) delete (value as Record<string, unknown>)['__proto__']
    above.add(value)
    for (const item of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) visit(item)
    above.delete(value)
  }
  visit(document)
}
