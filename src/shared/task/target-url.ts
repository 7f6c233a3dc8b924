import { SCHEMES } from './protocol.ts'
import { show } from '../suggest.ts'

/** What a target may be: one of some schemes (http and https by default), a host, no credentials, nothing that could end the request line early. */
export type TargetUrl = { ok: true; url: string; fragment: string } | { ok: false; message: string; hint: string }

const MAX_LENGTH = 65_536
const TASK_SCHEMES = Object.values(SCHEMES).flat()
const EXAMPLE = 'Write for example https://api.example.com/orders.'
/** Schemes that are written without slashes; anything else before a colon is a host and its port. */
const SLASHLESS = /^(mailto|javascript|vbscript|data|file|about|blob|tel|urn|chrome|view-source):/i

/**
 * Reads a URL as people write it. Without a scheme https:// is added, http:// for this machine and private networks.
 * The text is kept otherwise (IDN and IPv6 included); only a fragment is cut off, as it is never sent.
 */
export function readTargetUrl(written: string, schemes: readonly string[] = ['http', 'https']): TargetUrl {
  const text = written.replace(/^ +| +$/g, '')
  const unsafe = text === '' ? refuse('The URL is empty.', EXAMPLE) : unsafeText(text)
  if (unsafe !== null) return unsafe
  const full = withScheme(text, schemes)
  if (typeof full !== 'string') return full
  const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(full)?.[1] ?? ''
  const wrong = authorityProblem(authority, full) ?? pathProblem(full) ?? methodProblem(full)
  if (wrong !== null) return wrong
  if (!URL.canParse(full)) return refuse(`${show(authority)} is no valid host.`, EXAMPLE)
  const hash = full.indexOf('#')
  return { ok: true, url: hash === -1 ? full : full.slice(0, hash), fragment: hash === -1 ? '' : full.slice(hash) }
}

/** As {@link readTargetUrl}, with every scheme that a task may have. */
export function readTaskUrl(written: string): TargetUrl {
  return readTargetUrl(written, TASK_SCHEMES)
}

/** This machine, private networks and names without a dot, where TLS is rare. Host without brackets. */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase()
  if (name.includes(':')) return name === '::1' || /^f[cd]|^fe[89ab]/.test(name)
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(name)
  return !name.includes('.') || /\.(localhost|local|internal|test|lan|home\.arpa)$/.test(name)
}

function unsafeText(text: string): TargetUrl | null {
  if (text.length > MAX_LENGTH) return refuse(`The URL is longer than ${MAX_LENGTH} characters.`, 'Send long data in the body.')
  const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.exec(text)
  if (control !== null) return refuse(`The URL has a control character (${codePoint(control[0])}) at position ${control.index + 1}.`, 'Remove it; a line break would end the request line.')
  const space = /\s/.exec(text)
  if (space !== null) return refuse(`The URL has a space at position ${space.index + 1}.`, 'Write %20 instead, or remove it.')
  if (!text.isWellFormed()) return refuse('The URL has half of a character (a lone surrogate).', 'Paste the URL again.')
  const backslash = /^[^?#]*?\\/.exec(text)
  return backslash === null ? null : refuse(`The URL has a backslash at position ${backslash[0].length}.`, 'Write / instead.')
}

/** The whole URL, or what is wrong with its scheme. */
function withScheme(text: string, schemes: readonly string[]): string | TargetUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/{0,2}/i, '')
  if (scheme !== null) {
    const name = (scheme[1] ?? '').toLowerCase()
    if (schemes.includes(name)) return text
    return refuse(`${name}:// is not supported.`, `Use ${listOf(schemes)}. Did you mean ${/[ps]s$/.test(name) ? 'https' : 'http'}://${short(rest)}?`)
  }
  if (/^https?:/i.test(text)) return refuse('Two slashes are missing after the scheme.', `Did you mean ${text.startsWith('https') ? 'https' : 'http'}://${short(rest)}?`)
  if (SLASHLESS.test(text)) return refuse(`${text.slice(0, text.indexOf(':') + 1)} is not supported.`, `Use ${listOf(schemes)}. ${EXAMPLE}`)
  const bare = text.startsWith('//') ? text.slice(2) : text
  return `${isPrivateHost(hostOf(bare)) ? 'http' : 'https'}://${bare}`
}

function authorityProblem(authority: string, url: string): TargetUrl | null {
  if (authority.includes('@')) return refuse('The URL carries a user name or password.', 'Use an Authorization header instead; a URL ends up in logs and reports.')
  const port = /:([^:\]]*)$/.exec(authority)?.[1]
  if (hostOf(authority) === '') return refuse(`${show(url)} has no host.`, EXAMPLE)
  if (port === undefined) return null
  if (!/^\d+$/.test(port)) return refuse(`${show(port)} is no port.`, 'Use a number from 1 to 65535, or none.')
  return Number(port) >= 1 && Number(port) <= 65_535 ? null : refuse(`Port ${port} does not exist.`, 'Use 1 to 65535.')
}

const GRPC_EXAMPLE = 'Write for example grpc://127.0.0.1:50051/shop.Cart/Add: package, service and method.'

/** gRPC has a method in its path, and nothing else. */
function methodProblem(url: string): TargetUrl | null {
  const [, scheme = '', authority = '', rest = ''] = /^(grpcs?):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? []
  if (scheme === '') return null
  const disguised = disguiseProblem(authority)
  if (disguised !== null) return disguised
  if (scheme.toLowerCase() === 'grpc' && !/:\d+$/.test(authority)) return refuse('A gRPC target needs a port.', GRPC_EXAMPLE)
  return /^\/[a-z_][\w.]*\/[a-z_]\w*$/i.test(rest) ? null : refuse(`${rest === '' || rest === '/' ? 'The URL' : short(rest)} names no method of a service.`, GRPC_EXAMPLE)
}

/** Hosts of schemes that URLs do not know of stay as they were written; an address has to look like one. */
function disguiseProblem(authority: string): TargetUrl | null {
  const host = URL.parse(`http://${authority}`)?.hostname ?? ''
  const disguised = /^[\d.]+$/.test(host) && host !== hostOf(authority)
  return disguised ? refuse(`${show(hostOf(authority))} is the address ${host} in disguise.`, `Write ${host}.`) : null
}

/** Plain TCP has a host and a port, and nothing else. */
function pathProblem(url: string): TargetUrl | null {
  const [, authority = '', rest = ''] = /^(?:tcp|tls):\/\/([^/?#]*)([^#]*)/i.exec(url) ?? []
  if (authority === '') return null
  const disguised = disguiseProblem(authority)
  if (disguised !== null) return disguised
  if (!/:\d+$/.test(authority)) return refuse('A TCP target needs a port.', `Write for example ${url.slice(0, 6)}${authority}:6379.`)
  return rest === '' || rest === '/' ? null : refuse(`A TCP target has no path: ${short(rest)}.`, 'Write the bytes into send.')
}

/** `a://, b:// or c://` */
function listOf(schemes: readonly string[]): string {
  const names = schemes.map((name) => `${name}://`)
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}

function hostOf(text: string): string {
  const authority = /^[^/?#]*/.exec(text)?.[0] ?? ''
  return /^\[([^\]]*)\]/.exec(authority)?.[1] ?? authority.replace(/:[^:]*$/, '')
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function refuse(message: string, hint: string): TargetUrl {
  return { ok: false, message, hint }
}
