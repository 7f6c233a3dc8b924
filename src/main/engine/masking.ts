import { maskVariables } from '../../shared/template-mask.ts'

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
