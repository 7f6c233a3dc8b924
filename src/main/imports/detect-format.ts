import { list, member, record, text } from './foreign.ts'
import { refusal } from './import-notes.ts'
import { isK6Options } from './k6/k6.ts'
import { isOldCollection } from './postman/postman.ts'
import { isVegetaTargets } from './vegeta.ts'
import type { ImportFormat } from '../../shared/contract/contract.ts'

/** Which format a text has: told by how it begins, and for documents by what is in them. */

const KNOWN = 'Known: a curl command, HAR, OpenAPI 3, Swagger 2, Postman collection v2, k6 options as JSON, vegeta targets.'

/** Formats that are told without reading the whole; null: it is a document. Throws AppError `bad-input` for what is known and none of them. */
export function formatOfText(content: string): ImportFormat | null {
  const start = content.slice(0, 65_536).replace(/^[\s\ufeff]+/, '')
  if (/^(?:[$#%>]\s*|PS [^>\n]*>\s*)?(?:[\w./\\:-]*[\\/])?curl(?:\.exe)?\s/i.test(start)) return 'curl'
  if (isVegetaTargets(start)) return 'vegeta'
  if (/^(?:import\s|export\s|\/\/|\/\*)/.test(start) && /\bk6\b|export\s+(?:const|let)\s+options/.test(start)) throw refusal('This is a script of k6, which is a program.', 'Give its options as JSON; k6 inspect script.js prints them.')
  if (/^(?:await\s+)?fetch\(|^Invoke-WebRequest/i.test(start)) throw refusal('This is a command of another program.', 'Choose "Copy as cURL" in the browser.')
  if (/^<\?xml|^<jmeterTestPlan/i.test(start)) throw refusal('XML cannot be imported.', KNOWN)
  return isJsonLines(content) ? 'vegeta' : null
}

/** Throws AppError `bad-input`. */
export function formatOfDocument(document: unknown): ImportFormat {
  const top = record(document)
  const info = record(top['info'] ?? record(top['collection'])['info'])
  if (Array.isArray(member(top['log'], 'entries'))) return 'har'
  if (top['openapi'] !== undefined || top['swagger'] !== undefined) return 'openapi'
  if (/getpostman\.com/.test(text(info['schema']) ?? '') || info['_postman_id'] !== undefined || Array.isArray(top['item']) || isOldCollection(top)) return 'postman'
  if (isK6Options(document)) return 'k6'
  if (text(top['_type']) === 'export' || list(top['resources']).some((one) => /^(?:request|workspace)$/.test(text(record(one)['_type']) ?? ''))) throw refusal('This is an export of Insomnia.', 'Export it as HAR there.')
  if (Array.isArray(top['values']) && top['_postman_variable_scope'] !== undefined) throw refusal("These are Postman's variables, without requests.", 'Export the collection.')
  throw refusal('This is no format that can be imported.', KNOWN, 'format')
}

/** A task as this product writes it. */
export function isTaskFile(document: unknown): boolean {
  const top = record(document)
  return text(top['schema'])?.startsWith('stampede.task/') === true || (top['load'] !== undefined && (top['request'] !== undefined || top['steps'] !== undefined))
}

/** Several objects one below the other: vegeta's JSON format. A whole document may stand on one line, too, and have requests in it. */
function isJsonLines(content: string): boolean {
  const [line = ''] = /^[^\n]{2,1048576}(?=\n|$)/.exec(content.replace(/^\s+/, '')) ?? []
  if (!line.startsWith('{')) return false
  try {
    const one = record(JSON.parse(line))
    return text(one['method']) !== undefined && text(one['url']) !== undefined
  } catch {
    return false
  }
}
