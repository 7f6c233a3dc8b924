import { maskVariables } from './template-mask.ts'

/** Takes secrets out of what is kept of an exchange: samples are stored, exported and shown to others. */

const MASK = '•••'
const SECRET_HEADER = /^(authorization|proxy-authorization|cookie|set-cookie|www-authenticate|authentication-info|.*(api[-_]?key|token|secret|session|password|credential|signature).*)$/i
const SECRET_PARAMETER = /(token|key|secret|password|passwd|pwd|auth|session|signature|^sig$|^code$|credential|jwt)/i

/** A raw head, at most `limit` characters, with the values of secret header fields masked. */
export function maskHead(head: string, limit: number): string {
  const lines = head.slice(0, limit).split('\r\n')
  return lines.map((line) => maskField(line)).join('\r\n').trimEnd()
}

/** A URL without its password, and with the values of secret query parameters masked. */
export function maskUrl(url: string): string {
  const variables = maskVariables(url)
  const parsed = URL.parse(variables.text)
  if (parsed === null) return url
  if (parsed.password !== '') parsed.password = MASK
  for (const name of new Set(parsed.searchParams.keys())) {
    if (SECRET_PARAMETER.test(name)) parsed.searchParams.set(name, MASK)
  }
  return variables.restore(decodeMask(parsed.href))
}

/** A value as it may be shown: masked where its name says that it is a secret. */
export function maskHeader(name: string, value: string): string {
  return SECRET_HEADER.test(name) ? MASK : value
}

/** A value that a name of a variable or of a field of a form gives away. */
export function maskNamed(name: string, value: string): string {
  return SECRET_PARAMETER.test(name) ? MASK : value
}

/** A body with the texts of JSON fields masked whose names say that they are secrets. */
export function maskBody(body: string): string {
  return body.replace(/("([^"\\]{1,100})"\s*:\s*)"(?:[^"\\]|\\.)*"/g, (whole, head: string, name: string) => (SECRET_PARAMETER.test(name) ? `${head}"${MASK}"` : whole))
}

function maskField(line: string): string {
  const colon = line.indexOf(':')
  if (colon === -1) return line
  const name = line.slice(0, colon)
  if (name.toLowerCase() === 'location') return `${name}: ${maskUrl(line.slice(colon + 1).trim())}`
  return SECRET_HEADER.test(name.trim()) ? `${name}: ${MASK}` : line
}

/** The mask as it is read, not percent-encoded. */
function decodeMask(href: string): string {
  return href.replaceAll(encodeURIComponent(MASK), MASK)
}
