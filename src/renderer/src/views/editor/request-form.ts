import { protocolOf } from '../../../../shared/task/protocol.ts'
import type { RequestSpec } from '../../../../shared/task/task.ts'

/** One request as texts. What another protocol than the chosen one would need is kept, and not sent to the parser. */
export interface RequestForm {
  method: string
  url: string
  headers: HeaderRow[]
  bodyKind: BodyKind
  body: string
  /** Bytes of a file. */
  bodyBase64: string | null
  form: HeaderRow[]
  parts: PartRow[]
  /** Over a WebSocket and TCP. */
  send: string
  sendAs: SendAs
  /** A text area knows only line feeds; many protocols over TCP want both. */
  lineEnds: 'lf' | 'crlf'
  expect: string
  /** Over HTTP: an answer that is read as it comes. */
  stream: '' | 'sse' | 'chunks'
  /** Over gRPC, as JSON. */
  message: string
  /** Name of the file that the descriptor was made of; both empty: the server is asked. */
  proto: string
  descriptor: string
}

export type BodyKind = 'text' | 'form' | 'multipart' | 'file'

/** A part of a multipart form: a text, or the bytes of a file. */
export interface PartRow {
  name: string
  value: string
  base64: string | null
  filename: string
  contentType: string
}

export type SendAs = 'text' | 'hex' | 'base64'

export interface HeaderRow {
  name: string
  value: string
}

export function requestForm(spec: RequestSpec): RequestForm {
  return {
    method: spec.method,
    url: spec.url,
    headers: headerRows(spec.headers),
    bodyKind: spec.form !== undefined ? 'form' : spec.multipart !== undefined ? 'multipart' : spec.bodyBase64 !== undefined ? 'file' : 'text',
    body: spec.body ?? '',
    bodyBase64: spec.bodyBase64 ?? null,
    form: headerRows(spec.form ?? {}),
    parts: (spec.multipart ?? []).map(({ name, value = '', base64 = null, filename = '', contentType = '' }) => ({ name, value, base64, filename, contentType })),
    ...sentForm(spec),
    expect: spec.expect ?? '',
    stream: spec.stream ?? '',
    message: spec.message ?? '',
    proto: spec.proto ?? '',
    descriptor: spec.descriptor ?? '',
  }
}

/** Only what the protocol of the URL has. */
export function requestInput(form: RequestForm): Record<string, unknown> {
  const { url, method } = form
  const headers = headersOf(form.headers)
  const expect = form.expect === '' ? {} : { expect: form.expect }
  const protocol = protocolOf(url)
  switch (protocol) {
    case 'http': return { method, url, headers, ...bodyOf(form), ...(form.stream === '' ? {} : { stream: form.stream, ...expect }) }
    case 'grpc': return { url, headers, ...filled({ message: form.message, proto: form.descriptor === '' ? '' : form.proto, descriptor: form.descriptor }) }
    case 'websocket': return { url, headers, ...sentOf(form), ...expect }
    case 'tcp': return { url, ...sentOf(form), ...expect }
    default: return protocol satisfies never
  }
}

function filled(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''))
}

function sentForm({ send, sendHex, sendBase64 }: RequestSpec): Pick<RequestForm, 'send' | 'sendAs' | 'lineEnds'> {
  if (sendHex !== undefined) return { send: sendHex, sendAs: 'hex', lineEnds: 'lf' }
  if (sendBase64 !== undefined) return { send: sendBase64, sendAs: 'base64', lineEnds: 'lf' }
  const text = send ?? ''
  const both = /\r\n/.test(text) && !/(^|[^\r])\n|\r(?!\n)/.test(text)
  return { send: both ? text.replaceAll('\r\n', '\n') : text, sendAs: 'text', lineEnds: both ? 'crlf' : 'lf' }
}

/** The text as it goes out. */
export function sentText({ send, lineEnds }: Pick<RequestForm, 'send' | 'lineEnds'>): string {
  return lineEnds === 'crlf' ? send.replaceAll('\n', '\r\n') : send
}

function sentOf(form: RequestForm): { send?: string; sendHex?: string; sendBase64?: string } {
  if (form.send === '') return {}
  switch (form.sendAs) {
    case 'text': return { send: sentText(form) }
    case 'hex': return { sendHex: form.send }
    case 'base64': return { sendBase64: form.send }
  }
}

export function headerRows(headers: RequestSpec['headers']): HeaderRow[] {
  return Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })))
}

/** Repeated names become a list, as the header is to be sent more than once. */
export function headersOf(rows: readonly HeaderRow[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const { name, value } of rows) {
    if (name.trim() === '' && value.trim() === '') continue
    const key = name.trim()
    const former = headers[key]
    headers[key] = former === undefined ? value : [former, value].flat()
  }
  return headers
}

function bodyOf({ bodyKind, body, bodyBase64, form, parts }: RequestForm): Record<string, unknown> {
  switch (bodyKind) {
    case 'text': return body === '' ? {} : { body }
    case 'file': return bodyBase64 === null ? {} : { bodyBase64 }
    case 'form': return form.length === 0 ? {} : { form: headersOf(form) }
    case 'multipart': return parts.length === 0 ? {} : { multipart: parts.map(partOf) }
  }
}

function partOf({ name, value, base64, filename, contentType }: PartRow): Record<string, string> {
  return { name, ...(base64 === null ? { value } : { base64 }), ...filled({ filename, contentType }) }
}
