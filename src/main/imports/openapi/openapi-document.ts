import { record, text } from '../foreign.ts'
import { refusal } from '../import-notes.ts'
import type { Foreign } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'

/**
 * A document of OpenAPI 3 or Swagger 2 whose references can be followed, within itself only: nothing is ever fetched or read from disk,
 * whatever a `$ref` says.
 */
export interface OpenApiDocument {
  root: Foreign
  /** What a `$ref` leads to, chains followed; a reference that leads nowhere is told and gives nothing. */
  follow: (value: unknown) => Foreign
}

const MAX_CHAIN = 50

/** Throws AppError `bad-input`. */
export async function openDocument(document: unknown, notes: ImportNotes): Promise<OpenApiDocument> {
  const written = record(document)
  const root = written['swagger'] === undefined ? written : await upgraded(written, notes)
  const version = text(root['openapi']) ?? ''
  if (!/^3\.\d/.test(version)) throw refusal(version === '' ? 'This is no OpenAPI document: it does not say openapi: 3.…' : `OpenAPI ${version.slice(0, 20)} is not supported.`, 'Give a document of OpenAPI 3.0 or 3.1.')
  const { default: SwaggerParser } = await import('@apidevtools/swagger-parser')
  // The parser is strict about what does not matter here: the exact version, and the type of the API's own version.
  const plain = { ...root, openapi: /^3\.0/.test(version) ? '3.0.3' : '3.1.0', info: { title: '', version: '' }, paths: root['paths'] ?? {} }
  const references = await new SwaggerParser().resolve(plain as never, { resolve: { external: false, file: false, http: false } })
  const lookUp = (pointer: string): unknown => {
    try {
      return references.get(pointer)
    } catch {
      return undefined
    }
  }
  const follow = (value: unknown): Foreign => {
    let at = record(value)
    for (let steps = 0; typeof at['$ref'] === 'string'; steps += 1) {
      const reference: string = at['$ref']
      const target = reference.startsWith('#') && steps < MAX_CHAIN ? lookUp(reference) : undefined
      if (target === undefined) notes.skip(reference, reference.startsWith('#') ? 'dangling-ref' : 'external-ref')
      at = record(target)
    }
    return at
  }
  return { root, follow }
}

/** Swagger 2, the format before OpenAPI 3, as OpenAPI 3. */
async function upgraded(document: Foreign, notes: ImportNotes): Promise<Foreign> {
  const version = (text(document['swagger']) ?? '').slice(0, 20)
  if (!/^2(\.|$)/.test(version)) throw refusal(`Swagger ${version} is not supported.`, 'Give a document of Swagger 2.0 or OpenAPI 3.')
  const { upgradeFromTwoToThree } = await import('@scalar/openapi-upgrader/2.0-to-3.0')
  try {
    const upgrade = record(upgradeFromTwoToThree({ ...document, swagger: '2.0' }))
    notes.take('swagger', { version })
    return upgrade
  } catch {
    throw refusal(`This document of Swagger ${version} cannot be read as OpenAPI 3.`, 'Convert it with converter.swagger.io, which says what is wrong in it.')
  }
}
