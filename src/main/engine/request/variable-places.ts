/**
 * What a value has to become so that it stays in its place. All return binary text: one character per byte, so that
 * its length is what Content-Length counts and it leaves as it is.
 */
export type Place = (value: string) => string

const UNRESERVED = /^[\w.~-]*$/
const ASCII = /^[\0-\x7f]*$/
const CONTROL = /[\0-\x1f\x7f]/g
const HAS_CONTROL = /[\0-\x1f\x7f]/
const JSON_PLAIN = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/

/** For values that no place has to fear. */
export function asIs(value: string): string {
  return value
}

/** UTF-8. */
export function binary(value: string): string {
  return ASCII.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1')
}

/** Path and query: all that could end a segment or a parameter is percent-encoded. */
export function inUrl(value: string): string {
  return UNRESERVED.test(value) ? value : encodeURIComponent(value.toWellFormed())
}

/** Header values: what could end the line is percent-encoded. */
export function inHeader(value: string): string {
  return binary(HAS_CONTROL.test(value) ? value.replace(CONTROL, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`) : value)
}

/** Within the quotes of a JSON text. */
export function inJsonString(value: string): string {
  return JSON_PLAIN.test(value) ? value : binary(JSON.stringify(value).slice(1, -1))
}

export function inXml(value: string): string {
  return binary(value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`))
}

/** The place of a variable in a body, by what the body is and what stands before the variable. @param contentType '' if not given. */
export function placeInBody(contentType: string, before: string): Place {
  const type = contentType.toLowerCase()
  if (type.startsWith('multipart/')) return placeInPart(before)
  if (type.includes('x-www-form-urlencoded')) return inUrl
  if (/\bxml\b/.test(type)) return inXml
  // Messages of gRPC are written as JSON and become bytes afterwards.
  if (/\bjson\b|^application\/grpc/.test(type) || (type === '' && /^\s*[[{]/.test(before))) return isWithinString(before) ? inJsonString : binary
  return binary
}

/** A part says itself what it is, above an empty line. */
function placeInPart(before: string): Place {
  const part = before.slice(before.lastIndexOf('\r\nContent-Disposition:') + 2)
  const end = part.indexOf('\r\n\r\n')
  return placeInBody(/^content-type: *([^\r\n]*)/im.exec(part.slice(0, end))?.[1] ?? '', part.slice(end + 4))
}

/** Are the last quotes of a JSON text still open at its end? */
function isWithinString(json: string): boolean {
  let open = false
  for (let at = 0; at < json.length; at++) {
    if (json[at] === '\\' && open) at++
    else if (json[at] === '"') open = !open
  }
  return open
}
