import { MOST_STEPS, assemble } from '../assemble.ts'
import { FoundAuth } from '../found-auth.ts'
import { list, record, text } from '../foreign.ts'
import { ImportHeaders } from '../import-headers.ts'
import { ImportNotes, refusal } from '../import-notes.ts'
import { postmanAuth } from './postman-auth.ts'
import { enabled, postmanBody } from './postman-body.ts'
import { postmanUrl } from './postman-url.ts'
import { PostmanVariables } from './postman-variables.ts'
import { Selection } from '../selection.ts'
import type { AuthSpec } from '../../../shared/task/task.ts'
import type { Foreign } from '../foreign.ts'
import type { FoundRequest } from '../assemble.ts'
import type { Found, ImportOptions } from '../import-options.ts'

/**
 * A Postman collection (v2.0, v2.1) → its requests in the order of the collection. Scripts are programs and are never
 * executed: they are named, and what they would have filled in comes from the environment.
 */

const MOST_REQUESTS = 5 * MOST_STEPS

interface Leaf {
  item: Foreign
  /** With the folders around it. */
  name: string
  auth: AuthSpec | null
}

/** Whether it is the older format, which has no `item`. */
export function isOldCollection(document: unknown): boolean {
  const { requests, order, item } = record(document)
  return Array.isArray(requests) && Array.isArray(order) && item === undefined
}

/** Throws AppError `bad-input`. */
export function parsePostman(document: unknown, options: ImportOptions): Found {
  // The API of Postman wraps it.
  const collection = record(record(document)['collection'] ?? document)
  if (isOldCollection(collection)) throw refusal('This is a collection of version 1.', 'Export it as Collection v2.1.')
  if (!Array.isArray(collection['item'])) throw refusal('This is no collection of Postman: item is missing.', 'Export the collection as v2.1; environments and globals hold no requests.')
  const notes = new ImportNotes()
  const variables = new PostmanVariables(notes)
  const leaves = leavesOf(collection, variables, notes)
  const selection = new Selection(options.select)
  const read = leaves.map((leaf) => ({ leaf, ...headOf(leaf, variables, options, notes) }))
  const kept = read.filter(({ selectable, leaf }) => {
    const isKept = selection.takes(selectable)
    if (!isKept) notes.skip(leaf.name, 'not-selected')
    return isKept
  })
  selection.mustHaveHit(read.map(({ selectable }) => selectable))
  for (const { leaf } of kept.slice(MOST_REQUESTS)) notes.skip(leaf.name, 'too-many', { most: MOST_STEPS })
  const auths = new FoundAuth(kept.slice(0, MOST_REQUESTS).map(({ leaf }) => leaf.auth), (one) => variables.translated(one), (one) => variables.resolved(one), notes)
  const found = kept.slice(0, MOST_REQUESTS).map(({ leaf, method, url }, index): FoundRequest => ({ name: leaf.name, request: auths.authorized(requestOf(leaf, method, url, variables, notes), index) }))
  const name = text(record(collection['info'])['name'])?.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim().slice(0, 200).toWellFormed()
  const { vars, env } = variables
  const spec = assemble(found, { ...(name ? { name } : {}), vars, env, ...auths.ofTask }, notes)
  noteValues(vars, env, notes)
  return { spec, notes, requests: read.map(labelOf), chosen: kept.map(labelOf) }
}

function labelOf({ selectable: { method, path } }: { selectable: { method: string; path: string } }): string {
  return `${method} ${path}`
}

function noteValues(vars: object, env: object, notes: ImportNotes): void {
  const n = Object.keys(vars).length + Object.keys(env).length
  if (n > 0) notes.take(n === 1 ? 'variable' : 'variables', { n })
}

/** Requests in order, with what their folders say. */
function leavesOf(collection: Foreign, variables: PostmanVariables, notes: ImportNotes): Leaf[] {
  const leaves: Leaf[] = []
  const visit = (node: Foreign, folders: string[], around: AuthSpec | null): void => {
    const name = [...folders, text(node['name']) ?? 'request'].join(' / ')
    const at = folders.length === 0 && node === collection ? 'collection' : name
    noteRest(node, at, notes)
    const auth = postmanAuth(record(node['request'])['auth'] ?? node['auth'], at, notes)
    const holds = auth === undefined ? around : auth
    if (!Array.isArray(node['item'])) return void leaves.push({ item: node, name, auth: holds })
    variables.declare(node['variable'])
    for (const child of list(node['item'])) visit(record(child), node === collection ? [] : [...folders, text(node['name']) ?? 'folder'], holds)
  }
  visit(collection, [], null)
  return leaves
}

/** Scripts, and settings of Postman's own sender. */
function noteRest(node: Foreign, name: string, notes: ImportNotes): void {
  for (const { listen, script, disabled } of list(node['event']).map(record)) {
    const lines = [record(script)['exec']].flat().map((line) => text(line) ?? '').join('').trim()
    if (disabled !== true && lines !== '') notes.skip(`${name}: ${text(listen) ?? 'script'}`, 'script')
  }
  for (const key of Object.keys(record(node['protocolProfileBehavior']))) notes.skip(`${name}: ${key}`, 'unsupported')
  for (const key of ['proxy', 'certificate']) if (record(node['request'])[key]) notes.skip(`${name}: ${key}`, 'unsupported')
  if (list(node['response']).length > 0) notes.skip(`${name}: response`, 'saved-answers')
}

function headOf({ item, name }: Leaf, variables: PostmanVariables, { server }: ImportOptions, notes: ImportNotes) {
  const request = item['request']
  const method = (text(record(request)['method']) ?? 'GET').trim().toUpperCase() || 'GET'
  const { url, path } = postmanUrl(typeof request === 'string' ? request : record(request)['url'], name, variables, server, notes)
  return { method, url, selectable: { method, url: url.replace(/\?.*$/s, ''), path, name: text(item['name']) ?? '' } }
}

function requestOf({ item, name }: Leaf, method: string, url: string, variables: PostmanVariables, notes: ImportNotes) {
  const request = record(item['request'])
  const headers = new ImportHeaders(notes)
  const written = request['header']
  if (typeof written === 'string') for (const line of written.split(/\r?\n/).filter((one) => one.trim() !== '')) headers.addLine(variables.translated(line))
  else for (const { key, value } of enabled(written, notes, name)) if (text(key)?.trim()) headers.offerIfSound(variables.resolved(text(key)!.trim()), variables.translated(text(value) ?? ''))
  const body = postmanBody(request['body'], { headers, variables, notes, name })
  return { method, url, headers: headers.toRecord(), ...body }
}
