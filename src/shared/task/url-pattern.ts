/**
 * The pattern of a URL: what differs from request to request (numbers, ids, dates, values of the query) stands as its kind,
 * so that many URLs meet in one line of a breakdown.
 *
 *     https://shop.example/users/123/orders/9f86d081884c7d65?page=2   →   https://shop.example/users/{id}/orders/{hex}?page={}
 *
 * The text is only cut, never decoded or resolved; variables (`{{users.id}}`) stay. The pattern of a pattern is itself.
 * Words stay as they are: a path of names (`/tags/blue`) is bounded by who counts, see `pattern-book.ts`.
 */

const MAX_SEGMENTS = 12
const MAX_PARAMETERS = 12
const MAX_LENGTH = 240
const CUT = '…'

/** From the special to the general. Anchored, and linear in time. */
const WHOLE: [kind: string, pattern: RegExp][] = [
  ['uuid', /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i],
  ['date', /^\d{4}-\d{2}-\d{2}(T[\d:.%A-F]+(Z|[+-][\d:]+)?)?$/i],
  ['date', /^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/],
  ['email', /^[^@\s]+(@|%40)[^@\s]+\.[a-z]+$/i],
  ['ulid', /^[0-7][0-9a-hjkmnp-tv-z]{25}$/i],
]
/** `v1`, `v2.1`: names of interfaces. */
const VERSION = /^v\d{1,3}(\.\d{1,3}){0,3}$/i
const LEAST_HEX = 8
const LEAST_TOKEN = 20

/** Of a whole URL, or of a path with its query. Credentials and the fragment are left out. */
export function urlPattern(url: string): string {
  const [, origin = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^#]*)/i.exec(url) ?? []
  const at = rest.indexOf('?')
  const path = at === -1 ? rest : rest.slice(0, at)
  const query = at === -1 ? '' : queryPattern(rest.slice(at + 1))
  return shortened(`${origin.replace(/^([^/]*\/\/).*@/, '$1')}${pathPattern(path)}${query}`)
}

function pathPattern(path: string): string {
  const segments = path.split('/')
  // One more: before the first slash stands nothing.
  const kept = segments.slice(0, MAX_SEGMENTS + 1).map(segmentPattern).join('/')
  return segments.length > MAX_SEGMENTS + 1 ? `${kept}/${CUT}` : kept
}

/** Names of parameters say what is asked for; their values differ. */
function queryPattern(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '').map((pair) => {
    const at = pair.indexOf('=')
    return at === -1 ? segmentPattern(pair) : `${segmentPattern(pair.slice(0, at))}={}`
  })
  const unique = [...new Set(pairs)]
  if (unique.length === 0) return ''
  return `?${[...unique.slice(0, MAX_PARAMETERS), ...(unique.length > MAX_PARAMETERS ? [CUT] : [])].join('&')}`
}

function segmentPattern(segment: string): string {
  if (segment === '' || segment.includes('{{') || VERSION.test(segment)) return segment
  const whole = WHOLE.find(([, pattern]) => pattern.test(segment))
  if (whole !== undefined) return `{${whole[0]}}`
  if (!isHex(segment) && isToken(segment)) return '{token}'
  // Separators stay, and what is a kind already: `order-{id}.pdf`.
  return segment.split(/(\{[a-z]*\}|[-_.~:;,=@+])/).map(wordPattern).join('')
}

function wordPattern(word: string): string {
  if (/^\d+$/.test(word)) return '{id}'
  if (isHex(word)) return '{hex}'
  if (isToken(word)) return '{token}'
  // Digits at the end of a word: `user12345`; few of them belong to it: `mp3`, `sha256`.
  return word.replace(/^([a-z]+)\d{4,}$/i, '$1{id}')
}

function isHex(text: string): boolean {
  return text.length >= LEAST_HEX && /^[0-9a-f]+$/i.test(text) && /\d/.test(text)
}

/** Long, and of letters and digits in a mixture that no word has. */
function isToken(text: string): boolean {
  if (text.length < LEAST_TOKEN || !/^[\w+=%-]+(\.[\w-]+){0,2}$/.test(text)) return false
  const changes = text.match(/[a-z][A-Z0-9]|[A-Z0-9][a-z]|[A-Z]\d|\d[A-Z]/g)?.length ?? 0
  return /\d/.test(text) && changes >= text.length / 5
}

function shortened(pattern: string): string {
  if (pattern.length <= MAX_LENGTH) return pattern
  // Not within a kind or a character of two halves: what is cut must read as it was written.
  const cut = pattern.slice(0, MAX_LENGTH - 1).replace(/[^/?&]*$/, '')
  return `${cut === '' ? pattern.slice(0, MAX_LENGTH - 1).replace(/[\ud800-\udbff]$/, '') : cut}${CUT}`
}
