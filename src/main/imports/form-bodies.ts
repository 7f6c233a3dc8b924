import { percentEncoded } from './percent-encoded.ts'

/** Bodies of forms, as bytes on the wire. */

const BOUNDARY = 'stampede-form-boundary'

/** A part of a multipart form that is text. */
export interface TextPart {
  name: string
  value: string
  filename?: string
  contentType?: string
}

/** `a=1&b=x+y`. @param encode `encodeFormText`, unless the values have to keep variables. */
export function urlEncodedForm(fields: readonly (readonly [name: string, value: string])[], encode: (text: string) => string = encodeFormText): string {
  return fields.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}

export function encodeFormText(text: string): string {
  return percentEncoded(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%20', '+')
}

/** RFC 7578, with a boundary that none of the parts contains. */
export function multipartForm(parts: readonly TextPart[]): { contentType: string; body: string } {
  const texts = parts.map(partText)
  let boundary = BOUNDARY
  for (let n = 1; texts.some((part) => part.includes(boundary)); n += 1) boundary = `${BOUNDARY}-${n}`
  const body = texts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: `${body}--${boundary}--\r\n` }
}

function partText({ name, value, filename, contentType }: TextPart): string {
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"${filename === undefined ? '' : `; filename="${quoted(filename)}"`}`
  return `${disposition}\r\n${contentType === undefined ? '' : `Content-Type: ${contentType.replace(/[\r\n]+/g, ' ').trim()}\r\n`}\r\n${value}`
}

/** As browsers write names (WHATWG HTML, "multipart form data"). */
function quoted(text: string): string {
  return text.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}
