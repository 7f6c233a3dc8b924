import { record, text } from '../foreign.ts'
import { multipartForm, urlEncodedForm } from '../form-bodies.ts'
import { formOf, partsOf } from '../form-fields.ts'
import { literally } from '../literal.ts'
import type { Foreign } from '../foreign.ts'
import type { RequestSpec } from '../../../shared/task/task.ts'
import type { ParameterParts } from './openapi-parameters.ts'

/** The body of an operation: of the media types that it takes, the one that can be written best. */

const PREFERENCE = [/^application\/json\b/, /\+json\b/, /^(?:\*\/\*|application\/\*)/, /^application\/x-www-form-urlencoded\b/, /^multipart\/form-data\b/, /^text\/(?!xml)/, /[/+]xml\b/]

export interface Body extends Pick<RequestSpec, 'body' | 'form' | 'multipart'> {
  /** Null: the task says it by itself. */
  contentType: string | null
}

/** Undefined: none, or none that can be made, which is told. */
export function openApiBody(operation: Foreign, parts: ParameterParts): Body | undefined {
  const { document, notes, name } = parts
  const { content, required } = document.follow(operation['requestBody'])
  const types = Object.keys(record(content))
  const chosen = PREFERENCE.map((pattern) => types.find((type) => pattern.test(type.toLowerCase()))).find((type) => type !== undefined)
  if (chosen === undefined) {
    if (types.length > 0) notes.skip(`${name}: ${types[0]}`, 'body-type')
    return undefined
  }
  const media = document.follow(record(content)[chosen])
  const made = write(chosen.toLowerCase(), chosen, media, parts)
  if (made === undefined && required === true) notes.skip(`${name}: ${chosen}`, 'no-sample')
  return made
}

function write(type: string, written: string, media: Foreign, { samples, document, notes, name }: ParameterParts): Body | undefined {
  if (/[/+]xml\b/.test(type)) {
    const xml = text(samples.of(media)?.value) ?? text(samples.ofSchema(media['schema'], 'xml')?.value)
    return xml === undefined ? undefined : { contentType: written, body: literally(xml) }
  }
  const sampled = samples.of(media)
  if (sampled === undefined) return undefined
  if (/^application\/x-www-form-urlencoded/.test(type)) {
    const form = formOf(fieldsOf(sampled.value).map(([name, value]) => [name, literally(value)]))
    return form === null ? { contentType: written, body: literally(urlEncodedForm(fieldsOf(sampled.value))) } : { contentType: null, form }
  }
  if (/^multipart\//.test(type)) {
    const files = filesOf(document.follow(media['schema']), document.follow)
    for (const file of files) notes.skip(`${name}: ${file}`, 'file-part')
    const parts = fieldsOf(sampled.value).filter(([field]) => !files.includes(field)).map(([field, value]) => ({ name: field, value }))
    const said = partsOf(parts)
    if (said !== null) return { contentType: null, multipart: said.map((part) => ({ ...part, value: literally(part.value ?? '') })) }
    const form = multipartForm(parts)
    return { contentType: form.contentType, body: literally(form.body) }
  }
  if (/^text\//.test(type)) return { contentType: written, body: literally(text(sampled.value) ?? JSON.stringify(sampled.value)) }
  return { contentType: written.includes('*') ? 'application/json' : written, body: literally(JSON.stringify(sampled.value) ?? 'null') }
}

function fieldsOf(value: unknown): [string, string][] {
  return Object.entries(record(value)).map(([name, one]) => [name, text(one) ?? (one === null ? '' : JSON.stringify(one))])
}

/** Parts that are files: `format: binary` of 3.0, `contentMediaType` of 3.1. */
function filesOf(schema: Foreign, follow: (value: unknown) => Foreign): string[] {
  return Object.entries(record(schema['properties'])).filter(([, property]) => {
    const { format, contentMediaType, contentEncoding, type, items } = follow(property)
    return format === 'binary' || contentMediaType !== undefined || contentEncoding === 'base64' || (type === 'array' && follow(items)['format'] === 'binary')
  }).map(([name]) => name)
}
