import { list, record, text } from '../foreign.ts'
import type { Foreign } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'
import { percentEncoded } from '../percent-encoded.ts'
import type { OpenApiDocument } from './openapi-document.ts'
import type { Samples } from './openapi-samples.ts'

/** Parameters of an operation, in the places and styles that OpenAPI has ("Parameter Object", style values). */

export interface Parameters {
  /** Path with its values, without query. */
  path: string
  query: string[]
  headers: [name: string, value: string][]
  cookies: string[]
}

/** Set by the rest of the operation (OpenAPI: "shall be ignored"). */
const IGNORED = new Set(['accept', 'content-type', 'authorization'])

export interface ParameterParts {
  document: OpenApiDocument
  samples: Samples
  notes: ImportNotes
  /** Of the operation, for what is left out. */
  name: string
}

/** Required parameters, and optional ones for which the document has an example. */
export function parametersOf(path: string, item: Foreign, operation: Foreign, parts: ParameterParts): Parameters {
  const result: Parameters = { path, query: [], headers: [], cookies: [] }
  for (const parameter of merged(item, operation, parts.document)) {
    const name = text(parameter['name']) ?? ''
    const place = parameter['in']
    if (name === '' || (place === 'header' && IGNORED.has(name.toLowerCase()))) continue
    const sampled = valueOf(parameter, parts)
    if (place !== 'path' && parameter['required'] !== true && sampled?.given !== true) parts.notes.skip(`${parts.name} ?${name}`, 'optional')
    else add(result, name, parameter, sampled?.value ?? '1')
  }
  // Left over where the document forgot to declare them.
  result.path = result.path.replace(/\{([^{}]{1,100})\}/g, (_, name: string) => {
    parts.notes.skip(`${parts.name} {${name}}`, 'path-value')
    return '1'
  })
  return result
}

/** Those of the operation win over those of the path. */
function merged(item: Foreign, operation: Foreign, document: OpenApiDocument): Foreign[] {
  const all = [...list(item['parameters']), ...list(operation['parameters'])].map((one) => document.follow(one))
  return [...new Map(all.map((one) => [`${text(one['in'])} ${text(one['name'])}`, one])).values()]
}

function valueOf(parameter: Foreign, { samples, document }: ParameterParts): { value: unknown; given: boolean } | undefined {
  const [media] = Object.values(record(parameter['content']))
  if (media === undefined) return samples.of(parameter)
  const sampled = samples.of(document.follow(media))
  return sampled === undefined ? undefined : { ...sampled, value: JSON.stringify(sampled.value) }
}

function add(result: Parameters, name: string, parameter: Foreign, value: unknown): void {
  const explode = parameter['explode']
  switch (parameter['in']) {
    case 'path': return void (result.path = result.path.replaceAll(`{${name}}`, () => inPath(name, value, text(parameter['style']) ?? 'simple', explode === true)))
    case 'query': return void result.query.push(...inQuery(name, value, text(parameter['style']) ?? 'form', explode !== false && (explode === true || (parameter['style'] ?? 'form') === 'form')))
    case 'header': return void result.headers.push([name, plain(value, explode === true)])
    case 'cookie': return void result.cookies.push(`${percentEncoded(name)}=${percentEncoded(plain(value, false))}`)
  }
}

function inPath(name: string, value: unknown, style: string, explode: boolean): string {
  const encoded = percentEncoded(plain(value, explode)).replaceAll('%2C', ',').replaceAll('%3D', '=')
  return style === 'label' ? `.${encoded}` : style === 'matrix' ? `;${percentEncoded(name)}=${encoded}` : encoded || '1'
}

function inQuery(name: string, value: unknown, style: string, explode: boolean): string[] {
  const key = percentEncoded(name)
  if (Array.isArray(value)) {
    const items = value.map((one) => encode(one))
    if (explode) return items.map((one) => `${key}=${one}`)
    return [`${key}=${items.join(style === 'spaceDelimited' ? '%20' : style === 'pipeDelimited' ? '|' : ',')}`]
  }
  if (typeof value !== 'object' || value === null) return [`${key}=${encode(value)}`]
  const entries = Object.entries(value)
  if (style === 'deepObject') return entries.map(([member, one]) => `${key}[${percentEncoded(member)}]=${encode(one)}`)
  return explode ? entries.map(([member, one]) => `${percentEncoded(member)}=${encode(one)}`) : [`${key}=${entries.flatMap(([member, one]) => [percentEncoded(member), encode(one)]).join(',')}`]
}

function encode(value: unknown): string {
  return percentEncoded(plain(value, false))
}

/** Style "simple": `a,b`, `k,v` or, exploded, `k=v`. */
function plain(value: unknown, explode: boolean): string {
  if (Array.isArray(value)) return value.map((one) => scalar(one)).join(',')
  if (typeof value !== 'object' || value === null) return scalar(value)
  return Object.entries(value).map(([member, one]) => (explode ? `${member}=${scalar(one)}` : `${member},${scalar(one)}`)).join(',')
}

function scalar(value: unknown): string {
  return text(value) ?? (value === null || value === undefined ? '' : JSON.stringify(value))
}
