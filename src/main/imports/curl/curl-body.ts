import { encodeFormText, multipartForm } from '../form-bodies.ts'
import { fieldsOf, formOf, partsOf, type Form } from '../form-fields.ts'
import { refusal, shorten } from '../import-notes.ts'
import type { CurlFlag } from './curl-flags.ts'
import type { AppError } from '../../../shared/errors.ts'
import type { PartSpec, RequestSpec } from '../../../shared/task/task.ts'
import type { TextPart } from '../form-bodies.ts'
import type { ImportHeaders } from '../import-headers.ts'

/** The body of a pasted command: -d and its relatives joined as curl joins them, or a multipart form. */

const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i
const DATA_FLAGS = ['data', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'json']

export interface CurlBody {
  /** Joined data, or the encoded form; null: none. */
  text: string | null
  kind: 'none' | 'data' | 'multipart'
  parts: number
  /** The parts of a form, where a task can say them. */
  multipart?: PartSpec[]
}

/** Sets the content type that curl would set. Throws AppError `bad-input` for a value that names a file. */
export function bodyOf(flags: readonly CurlFlag[], headers: ImportHeaders): CurlBody {
  const forms = flags.filter(({ name }) => name === 'form' || name === 'form-string')
  const data = flags.filter(({ name }) => DATA_FLAGS.includes(name))
  const upload = flags.find(({ name }) => name === 'upload-file')
  if (upload !== undefined) throw fileProblem(upload, upload.value)
  if (forms.length > 0 && data.length > 0) throw refusal(`${data[0]?.written} and ${forms[0]?.written} exclude each other: a body is either data or a form.`, 'Remove one of them.')
  if (forms.length > 0) return multipart(forms, headers)
  if (data.length === 0) return { text: null, kind: 'none', parts: 0 }
  const json = data.some(({ name }) => name === 'json')
  if (json) headers.addDefault('Accept', 'application/json')
  const text = data.reduce((joined, flag, index) => joined + (index === 0 || flag.name === 'json' ? '' : '&') + dataOf(flag), '')
  return { text, kind: 'data', parts: data.length }
}

/** `application/json` for --json, a form for the others. */
export function defaultContentType(flags: readonly CurlFlag[]): string {
  return flags.some(({ name }) => name === 'json') ? 'application/json' : 'application/x-www-form-urlencoded'
}

/** As --data-urlencode and --url-query have it: `content`, `=content`, `name=content`. */
export function urlEncoded(flag: CurlFlag): string {
  const [, name = '', sign = '', content = ''] = /^([^=@]*)([=@]?)([^]*)$/.exec(flag.value) ?? []
  if (sign === '@') throw fileProblem(flag, content)
  return sign === '' ? encodeFormText(name) : `${name}${name === '' ? '' : '='}${encodeFormText(content)}`
}

function dataOf(flag: CurlFlag): string {
  if (flag.name === 'data-urlencode') return urlEncoded(flag)
  if (flag.name !== 'data-raw' && flag.value.startsWith('@')) throw fileProblem(flag, flag.value.slice(1))
  return flag.value
}

function multipart(forms: readonly CurlFlag[], headers: ImportHeaders): CurlBody {
  const written = forms.map(partOf)
  const { contentType, body } = multipartForm(written)
  const parts = partsOf(written)
  // The task says itself what the body is.
  if (parts === null) headers.replace('Content-Type', contentType)
  else headers.drop('Content-Type')
  return { text: body, kind: 'multipart', parts: forms.length, ...(parts === null ? {} : { multipart: parts }) }
}

/** How a task says it: as fields where it is a form and nothing is lost by that, else as text. */
export function sentAs(text: string | null, { kind, multipart: parts }: CurlBody, headers: ImportHeaders): Pick<RequestSpec, 'body' | 'form' | 'multipart'> {
  if (text === null) return {}
  if (parts !== undefined) return { multipart: parts }
  const form = kind === 'data' && FORM_TYPE.test(headers.get('content-type')) ? formIn(text) : null
  if (form === null) return { body: text }
  if (headers.get('content-type') === 'application/x-www-form-urlencoded') headers.drop('Content-Type')
  return { form }
}

/** Braces are variables of a task, which would be encoded. */
function formIn(text: string): Form | null {
  const fields = text.includes('{{') ? null : fieldsOf(text)
  return fields === null ? null : formOf(fields)
}

function partOf(flag: CurlFlag): TextPart {
  const [, name = '', value] = /^([^=]*)=([^]*)$/.exec(flag.value) ?? []
  if (value === undefined) throw refusal(`${flag.written} ${shorten(flag.value)} is no part of a form.`, `Write ${flag.written} name=value.`)
  const literal = flag.name === 'form-string' ? { content: value, attributes: '' } : contentOf(value)
  if (flag.name === 'form' && /^[@<]/.test(value)) throw fileProblem(flag, value.slice(1))
  const attribute = (key: string): string | undefined => new RegExp(`;\\s*${key}=(?:"([^"]*)"|([^;]*))`).exec(literal.attributes)?.slice(1).find((one) => one !== undefined)
  const filename = attribute('filename')
  const contentType = attribute('type')
  return { name, value: literal.content, ...(filename === undefined ? {} : { filename }), ...(contentType === undefined ? {} : { contentType }) }
}

/** A value ends at the first `;` unless it is in double quotes. */
function contentOf(value: string): { content: string; attributes: string } {
  const inQuotes = /^"([^"\\]*(?:\\[^][^"\\]*)*)"/.exec(value)
  if (inQuotes !== null) return { content: (inQuotes[1] ?? '').replace(/\\(["\\])/g, '$1'), attributes: value.slice(inQuotes[0].length) }
  const end = value.indexOf(';')
  return end === -1 ? { content: value, attributes: '' } : { content: value.slice(0, end), attributes: value.slice(end) }
}

function fileProblem(flag: CurlFlag, file: string): AppError {
  const message = `${flag.written} takes the body from the file ${shorten(file) || '-'}, which cannot be seen from here.`
  const hint = 'Put the content of the file in its place, or fill in the body after importing without it.'
  return refusal(message, hint, 'request.body')
}
