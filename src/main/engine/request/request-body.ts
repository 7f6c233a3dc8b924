import type { PartSpec, RequestSpec } from '../../../shared/task/task.ts'

/** The bytes of a request's body, and what they are, where the kind of the body says so. */
export interface RequestBody {
  bytes: Buffer
  contentType: string | null
}

/** @param seed of the run: a boundary is the same wherever the run executes. Null: no body. */
export function bodyOf({ body, bodyBase64, form, multipart }: RequestSpec, seed: number): RequestBody | null {
  if (form !== undefined) return { bytes: Buffer.from(formText(form), 'latin1'), contentType: 'application/x-www-form-urlencoded' }
  if (multipart !== undefined) return multipartBody(multipart, seed)
  if (bodyBase64 !== undefined) return { bytes: Buffer.from(bodyBase64, 'base64'), contentType: null }
  return body === undefined ? null : { bytes: Buffer.from(body, 'utf8'), contentType: null }
}

function formText(form: NonNullable<RequestSpec['form']>): string {
  return Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(one)}`)).join('&')
}

/** RFC 7578. */
function multipartBody(parts: readonly PartSpec[], seed: number): RequestBody {
  const contents = parts.map(({ value = '', base64 }) => (base64 === undefined ? Buffer.from(value, 'utf8') : Buffer.from(base64, 'base64')))
  const boundary = boundaryFor(contents, seed)
  const bytes = Buffer.concat([...parts.flatMap((part, index) => [Buffer.from(`--${boundary}\r\n${headOf(part)}\r\n`, 'utf8'), contents[index]!, Buffer.from('\r\n')]), Buffer.from(`--${boundary}--\r\n`)])
  return { bytes, contentType: `multipart/form-data; boundary=${boundary}` }
}

/** A text that none of the contents holds. */
function boundaryFor(contents: readonly Buffer[], seed: number): string {
  for (let attempt = 0; ; attempt++) {
    const boundary = `stampede-${[0x9e3779b1, 0x85ebca6b].map((factor) => (Math.imul(seed + attempt + 1, factor) >>> 0).toString(16).padStart(8, '0')).join('')}`
    if (!contents.some((content) => content.includes(boundary))) return boundary
  }
}

function headOf({ name, base64, filename, contentType }: PartSpec): string {
  const type = contentType ?? (base64 === undefined ? null : 'application/octet-stream')
  return `Content-Disposition: form-data; name="${quoted(name)}"${filename === undefined ? '' : `; filename="${quoted(filename)}"`}\r\n${type === null ? '' : `Content-Type: ${type}\r\n`}`
}

/** As browsers write names (HTML Standard, multipart/form-data). */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
