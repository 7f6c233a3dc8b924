import { MOST_STEPS, assemble } from '../assemble.ts'
import { FoundAuth } from '../found-auth.ts'
import { record, text } from '../foreign.ts'
import { ImportHeaders } from '../import-headers.ts'
import { ImportNotes } from '../import-notes.ts'
import { literally } from '../literal.ts'
import { openApiBody } from './openapi-body.ts'
import { openDocument } from './openapi-document.ts'
import { parametersOf } from './openapi-parameters.ts'
import { Samples } from './openapi-samples.ts'
import { Security } from './openapi-security.ts'
import { baseUrl, serversOf, wantedServer } from './openapi-servers.ts'
import { Selection } from '../selection.ts'
import type { RequestSpec } from '../../../shared/task/task.ts'
import type { FoundRequest } from '../assemble.ts'
import type { Foreign } from '../foreign.ts'
import type { Found, ImportOptions } from '../import-options.ts'
import type { OpenApiDocument } from './openapi-document.ts'
import type { Secured } from './openapi-security.ts'

/**
 * An OpenAPI document (3.0, 3.1) → a request for each of its operations, with values from its examples and schemas. The
 * document knows no order of them, so an iteration draws one.
 */

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query']
const MOST_REQUESTS = 5 * MOST_STEPS

interface Operation {
  method: string
  path: string
  name: string
  item: Foreign
  operation: Foreign
}

/** Throws AppError `bad-input`. */
export async function parseOpenApi(document: unknown, options: ImportOptions): Promise<Found> {
  const notes = new ImportNotes()
  const open = await openDocument(document, notes)
  const servers = serversOf(open.root)
  const wanted = wantedServer(options.server, servers)
  const operations = operationsOf(open)
  const kept = choose(operations, options, notes)
  const [samples, security] = [new Samples(open), new Security(open, notes)]
  const secured = kept.map(({ operation }) => security.of(operation))
  const auths = new FoundAuth(secured.map(({ auth }) => auth), same, same, notes)
  const found = kept.map((one, index): FoundRequest => {
    const server = wanted ?? [one.operation, one.item].map((holder) => serversOf(holder)[0]?.url).find((url) => url !== undefined) ?? servers[0]?.url
    return { name: one.name, request: auths.authorized(requestOf(one, baseUrl(server, notes), secured[index] ?? { auth: null }, { document: open, samples, notes, name: one.name }), index) }
  })
  noteRest(open.root, kept, notes)
  const name = text(record(open.root['info'])['title'])?.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim().slice(0, 200).toWellFormed()
  const spec = assemble(found, { ...(name ? { name } : {}), env: security.env, stepOrder: 'weighted', ...auths.ofTask }, notes)
  if (samples.made > 0) notes.take(samples.made === 1 ? 'made-one' : 'made', { n: samples.made })
  return { spec, notes, requests: operations.map(({ name }) => name), chosen: kept.map(({ name }) => name), servers: servers.map(({ url }) => url) }
}

const same = (text: string): string => text

function operationsOf({ root, follow }: OpenApiDocument): Operation[] {
  return Object.entries(record(root['paths'])).flatMap(([path, written]) => {
    const item = follow(written)
    return METHODS.filter((method) => Object.hasOwn(item, method)).map((method) => ({ method: method.toUpperCase(), path, name: `${method.toUpperCase()} ${path}`, item, operation: record(item[method]) }))
  })
}

function choose(operations: readonly Operation[], { select }: ImportOptions, notes: ImportNotes): Operation[] {
  const selection = new Selection(select)
  const selectable = operations.map(({ method, path, operation }) => ({ method, path, url: path, name: text(operation['operationId']) ?? '' }))
  const kept = operations.filter(({ name, operation }, index) => {
    const reason = !selection.isEmpty ? (selection.takes(selectable[index]!) ? null : 'not-selected') : operation['deprecated'] === true ? 'deprecated' : null
    if (reason !== null) notes.skip(name, reason)
    return reason === null
  })
  selection.mustHaveHit(selectable)
  for (const { name } of kept.slice(MOST_REQUESTS)) notes.skip(name, 'too-many', { most: MOST_STEPS })
  return kept.slice(0, MOST_REQUESTS)
}

function requestOf({ method, path, item, operation }: Operation, base: string, { cookie }: Secured, parts: Parameters<typeof parametersOf>[3]): RequestSpec {
  const { path: filled, query, headers: given, cookies } = parametersOf(path, item, operation, parts)
  const headers = new ImportHeaders(parts.notes)
  const accept = acceptedType(operation, parts.document)
  if (accept !== undefined) headers.add('Accept', accept)
  for (const [name, value] of given) headers.offerIfSound(name, literally(value))
  const body = openApiBody(operation, parts)
  const { contentType = null, ...content } = body ?? {}
  if (contentType !== null) headers.replace('Content-Type', contentType)
  else if (body !== undefined) headers.drop('Content-Type')
  const allCookies = [...cookies.map(literally), ...(cookie === undefined ? [] : [cookie])]
  if (allCookies.length > 0) headers.add('Cookie', allCookies.join('; '))
  return { method, url: `${literally(base)}${literally(filled.replace(/^(?!\/)/, '/'))}${query.length === 0 ? '' : `?${query.join('&')}`}`, headers: headers.toRecord(), ...content }
}

/** What a good answer is written in. */
function acceptedType(operation: Foreign, { follow }: OpenApiDocument): string | undefined {
  const [good] = Object.entries(record(operation['responses'])).filter(([status]) => /^2/.test(status)).map(([, response]) => Object.keys(record(follow(response)['content'])))
  return good?.find((type) => /\bjson\b/i.test(type)) ?? good?.[0]
}

/** Requests that go the other way. */
function noteRest(root: Foreign, kept: readonly Operation[], notes: ImportNotes): void {
  for (const name of Object.keys(record(root['webhooks']))) notes.skip(`webhooks.${name}`, 'webhook')
  for (const { name, operation } of kept) for (const callback of Object.keys(record(operation['callbacks']))) notes.skip(`${name}: ${callback}`, 'webhook')
}
