/** A cookie as a server set it (RFC 6265 §5.2, §5.3), all text as bytes, one character each. */
export interface Cookie {
  name: string
  value: string
  /** In lower case; the host itself where the server named none. */
  domain: string
  hostOnly: boolean
  path: string
  secure: boolean
  /** ms since the epoch; Infinity: until the iteration ends. */
  expiresAt: number
}

/** Who set a cookie, or is to get it. */
export interface CookieSite {
  secure: boolean
  /** Name or address without brackets. */
  host: string
  /** Path and query. */
  path: string
}

/** RFC 6265 §6.1: what at least has to be borne; browsers bear no more. */
const MAX_PAIR = 4096
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$|\.localhost$/

/** What a Set-Cookie field means where it came from; null where it is to be ignored. */
export function parseSetCookie(field: string, site: CookieSite, nowMs: number): Cookie | null {
  const [pair = '', ...attributes] = field.split(';')
  const at = pair.indexOf('=')
  const name = pair.slice(0, Math.max(0, at)).trim()
  const value = pair.slice(at + 1).trim()
  if (at < 0 || name === '' || name.length + value.length > MAX_PAIR || CONTROL.test(field)) return null
  const host = site.host.toLowerCase()
  const cookie: Cookie = { name, value, domain: host, hostOnly: true, path: folderOf(site.path), secure: false, expiresAt: Infinity }
  let maxAge = NaN
  for (const attribute of attributes) {
    const equals = attribute.indexOf('=')
    const word = (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase()
    const text = equals < 0 ? '' : attribute.slice(equals + 1).trim()
    if (word === 'secure') cookie.secure = true
    else if (word === 'path') cookie.path = text.startsWith('/') ? text : folderOf(site.path)
    else if (word === 'max-age' && /^-?\d+$/.test(text)) maxAge = Number(text)
    else if (word === 'expires') cookie.expiresAt = instantOf(text)
    else if (word === 'domain' && text !== '' && !claim(cookie, text.replace(/^\./, '').toLowerCase(), host)) return null
  }
  if (!Number.isNaN(maxAge)) cookie.expiresAt = maxAge <= 0 ? -Infinity : nowMs + maxAge * 1000
  return cookie.secure && !isTrusted(site) ? null : cookie
}

/** Is a cookie meant for a request there? */
export function isFor({ domain, hostOnly, path, secure }: Cookie, site: CookieSite): boolean {
  const host = site.host.toLowerCase()
  if (host !== domain && (hostOnly || !host.endsWith(`.${domain}`))) return false
  if (secure && !isTrusted(site)) return false
  const wanted = withoutQuery(site.path)
  return wanted === path || (wanted.startsWith(path) && (path.endsWith('/') || wanted[path.length] === '/'))
}

/** A server may speak for its own domain and those above it, but not for an address or a whole top-level domain. */
function claim(cookie: Cookie, domain: string, host: string): boolean {
  if (domain === host) cookie.hostOnly = /^[\d.]+$|:/.test(host)
  else if (!host.endsWith(`.${domain}`) || !domain.includes('.') || /^[\d.]+$/.test(host)) return false
  else cookie.hostOnly = false
  cookie.domain = domain
  return true
}

/** Over TLS, or without leaving the machine, as browsers see it. */
function isTrusted({ secure, host }: CookieSite): boolean {
  return secure || LOOPBACK.test(host.toLowerCase())
}

/** RFC 6265 §5.1.4: the path up to its last slash. */
function folderOf(path: string): string {
  const plain = withoutQuery(path)
  const slash = plain.lastIndexOf('/')
  return plain.startsWith('/') && slash > 0 ? plain.slice(0, slash) : '/'
}

function withoutQuery(path: string): string {
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

/** A date that cannot be read says nothing. */
function instantOf(text: string): number {
  const at = Date.parse(text.replaceAll('-', ' '))
  return Number.isNaN(at) ? Infinity : at
}
