import { list, record, text } from '../foreign.ts'
import { encodeFormText, multipartForm } from '../form-bodies.ts'
import { formOf, partsOf } from '../form-fields.ts'
import type { Foreign } from '../foreign.ts'
import type { ImportHeaders } from '../import-headers.ts'
import type { ImportNotes } from '../import-notes.ts'
import type { RequestSpec } from '../../../shared/task/task.ts'
import type { PostmanVariables } from './postman-variables.ts'

/** The body of a request of Postman, with the content type that Postman would add. */

const RAW_TYPES: Record<string, string> = { json: 'application/json', xml: 'application/xml', html: 'text/html', javascript: 'application/javascript', text: 'text/plain' }

export interface BodyParts {
  headers: ImportHeaders
  variables: PostmanVariables
  notes: ImportNotes
  /** Of the request, for what is left out. */
  name: string
}

type Sent = Pick<RequestSpec, 'body' | 'form' | 'multipart'>

export function postmanBody(value: unknown, parts: BodyParts): Sent {
  const body = record(value)
  if (body['disabled'] === true) return {}
  switch (body['mode']) {
    case 'raw': return textual(rawBody(body, parts))
    case 'urlencoded': return formBody(body, parts)
    case 'formdata': return multipartBody(body, parts)
    case 'graphql': return { body: graphqlBody(record(body['graphql']), parts) }
    case 'file':
      if (body['file'] !== undefined && body['file'] !== null) parts.notes.skip(`${parts.name}: ${text(record(body['file'])['src']) ?? 'file'}`, 'file-part')
  }
  return {}
}

function textual(body: string | undefined): Sent {
  return body === undefined ? {} : { body }
}

function rawBody(body: Foreign, { headers, variables }: BodyParts): string | undefined {
  const raw = text(body['raw'])
  if (raw === undefined || raw === '') return undefined
  const language = text(record(record(body['options'])['raw'])['language']) ?? 'text'
  headers.addDefault('Content-Type', Object.hasOwn(RAW_TYPES, language) ? RAW_TYPES[language]! : 'text/plain')
  return variables.translated(raw)
}

/** Variables in a name have no place in the fields of a task. */
function formBody(body: Foreign, { headers, variables, notes, name }: BodyParts): Sent {
  const written = text(body['urlencoded'])
  const fields = written === undefined ? enabled(body['urlencoded'], notes, name).map(({ key, value }) => [text(key) ?? '', text(value) ?? ''] as const) : []
  const form = formOf(fields.map(([key, value]) => [key, variables.translated(value)]))
  if (form !== null) return { form }
  headers.addDefault('Content-Type', 'application/x-www-form-urlencoded')
  if (written !== undefined) return { body: variables.translated(written) }
  return { body: fields.map((field) => field.map((one) => variables.translated(one, encodeFormText)).join('=')).join('&') }
}

function multipartBody(body: Foreign, { headers, variables, notes, name }: BodyParts): Sent {
  const fields = enabled(body['formdata'], notes, name)
  const files = fields.filter(({ type }) => type === 'file')
  for (const { key, src } of files) notes.skip(`${name}: ${text([src].flat()[0]) ?? text(key) ?? 'file'}`, 'file-part')
  const parts = fields.filter((field) => !files.includes(field)).map(({ key, value, contentType }) => ({ name: text(key) ?? '', value: variables.translated(text(value) ?? ''), ...(text(contentType) ? { contentType: text(contentType)! } : {}) }))
  if (parts.length === 0) return {}
  const said = partsOf(parts)
  if (said !== null) {
    headers.drop('Content-Type')
    return { multipart: said }
  }
  const form = multipartForm(parts)
  headers.replace('Content-Type', form.contentType)
  return { body: form.body }
}

/** Query and variables as the JSON that GraphQL over HTTP wants. */
function graphqlBody({ query, variables: given, operationName }: Foreign, { headers, variables }: BodyParts): string {
  headers.addDefault('Content-Type', 'application/json')
  const written = (typeof given === 'string' ? given.trim() : JSON.stringify(given ?? {})) || '{}'
  const operation = text(operationName)
  return variables.translated(`{"query":${JSON.stringify(text(query) ?? '')},"variables":${isJson(written) || written.includes('{{') ? written : JSON.stringify(written)}${operation ? `,"operationName":${JSON.stringify(operation)}` : ''}}`)
}

function isJson(written: string): boolean {
  try {
    JSON.parse(written)
    return true
  } catch {
    return false
  }
}

export function enabled(fields: unknown, notes: ImportNotes, name: string): Foreign[] {
  return list(fields).map(record).filter(({ key, disabled }) => {
    if (disabled === true) notes.skip(`${name}: ${text(key) ?? ''}`, 'disabled')
    return disabled !== true
  })
}
