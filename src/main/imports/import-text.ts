import { refusal } from './import-notes.ts'
import { MAX_CHARACTERS, readDocument } from './document.ts'
import { readTargetUrl } from '../../shared/task/target-url.ts'
import { requireTaskSpec } from '../../shared/task/task-schema.ts'
import type { ImportFormat, Imported, ImportInput } from '../../shared/contract/contract.ts'
import type { Found, ImportOptions } from './import-options.ts'

/** The door for everything that can be imported: text → a task, with what was taken and what was left out. */

const NAMES: Record<Exclude<ImportFormat, 'curl' | 'vegeta'>, string> = { har: 'a HAR file', openapi: 'an OpenAPI document', postman: 'a Postman collection', k6: 'options of k6' }
/** So many requests are offered for choice. */
const MOST_OFFERED = 2000

/** Throws AppError `bad-input`, and nothing else. @param readFile for formats that name files; absent where none can be seen. */
export async function importText({ format, text, ...options }: ImportInput, readFile?: ImportOptions['readFile']): Promise<Imported> {
  if (text.length > MAX_CHARACTERS) throw refusal('The text is larger than 32 MiB.', 'Export a smaller part.')
  const content = text.replace(/^\ufeff/, '')
  if (content.trim() === '') throw refusal('There is nothing in it.', 'Choose another file.')
  const { formatOfDocument, formatOfText, isTaskFile } = await import('./detect-format.ts')
  const early = format === 'auto' ? formatOfText(content) : format
  if (early === 'curl') return { format: 'curl', ...(await import('./curl/curl.ts')).parseCurl(content) }
  const given = { ...options, ...(readFile === undefined ? {} : { readFile }) }
  if (early === 'vegeta') return told('vegeta', await (await import('./vegeta.ts')).parseVegeta(content, withBaseUrl(given)))
  const document = await readDocument(content, early === null ? 'a file that can be imported' : NAMES[early])
  // Its own files as well, so that whatever is dropped on a window can be opened by one command.
  if (early === null && isTaskFile(document)) return { spec: requireTaskSpec(document), whole: true, taken: [{ key: 'imports.taken.task', params: {} }], skipped: [] }
  const known = early ?? formatOfDocument(document)
  // The servers of an OpenAPI document can be chosen by a part of their name.
  return told(known, await parse(known, document, known === 'openapi' ? given : withBaseUrl(given)))
}

async function parse(format: ImportFormat, document: unknown, options: ImportOptions): Promise<Found> {
  switch (format) {
    case 'har': return (await import('./har/har.ts')).parseHar(document, options)
    case 'openapi': return (await import('./openapi/openapi.ts')).parseOpenApi(document, options)
    case 'postman': return (await import('./postman/postman.ts')).parsePostman(document, options)
    case 'k6': return (await import('./k6/k6.ts')).parseK6(document, options)
    case 'curl':
    case 'vegeta': throw refusal('This is no document.', 'Give it as text.')
  }
}

function told(format: ImportFormat, { spec, notes, requests, chosen, servers }: Found): Imported {
  const offered = Object.entries({ requests, chosen, servers }).flatMap(([name, list]) => (list === undefined ? [] : [[name, [...new Set(list)].slice(0, MOST_OFFERED)] as const]))
  return { format, spec, ...(format === 'k6' ? { whole: true } : {}), taken: notes.taken, skipped: notes.skipped, ...Object.fromEntries(offered) }
}

function withBaseUrl(options: ImportOptions): ImportOptions {
  if (options.server === undefined) return options
  const read = readTargetUrl(options.server)
  if (!read.ok) throw refusal(read.message, read.hint, 'server')
  return { ...options, server: read.url.replace(/\?.*$/s, '') }
}
