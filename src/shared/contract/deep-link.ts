import { readTaskUrl } from '../task/target-url.ts'

/**
 * `stampede://` links: they open a filled form and nothing more. A link never starts a run, never changes a setting and
 * never carries a secret: what it may say is the closed list below, and an address with a user or a password is refused.
 */
export type DeepLink =
  /** `stampede://task?url=…&method=…&rate=…&duration=…&name=…` */
  | { to: 'task'; spec: { name?: string; request: { url: string; method?: string }; load: { rate: number; duration: string } } }
  /** `stampede://join?address=redis://host:6379&namespace=…` */
  | { to: 'join'; address: string; namespace: string }

/** What the system asks the app to open. */
export type Opened = { kind: 'link'; link: DeepLink } | { kind: 'file'; name: string; text: string }

const MAX_LENGTH = 8192
const DEFAULT_RATE = 100
const DEFAULT_DURATION = '30s'

/** Null for anything that is no such link; never throws. */
export function parseDeepLink(text: string): DeepLink | null {
  if (text.length > MAX_LENGTH || !/^stampede:\/\//i.test(text) || !URL.canParse(text)) return null
  const { hostname, searchParams } = new URL(text)
  switch (hostname.toLowerCase()) {
    case 'task': return taskLink(searchParams)
    case 'join': return joinLink(searchParams)
    default: return null
  }
}

function taskLink(query: URLSearchParams): DeepLink | null {
  const read = readTaskUrl(query.get('url') ?? '')
  if (!read.ok) return null
  const rate = Number(query.get('rate') ?? DEFAULT_RATE)
  const duration = query.get('duration') ?? DEFAULT_DURATION
  const method = query.get('method')?.toUpperCase()
  const name = query.get('name')?.slice(0, 200)
  if (!(rate > 0 && rate <= 1e7) || !/^[\dhms.]{1,20}$/.test(duration) || (method !== undefined && !/^[A-Z]{1,20}$/.test(method))) return null
  return { to: 'task', spec: { ...(name === undefined || name.trim() === '' ? {} : { name }), request: { url: read.url, ...(method === undefined ? {} : { method }) }, load: { rate, duration } } }
}

function joinLink(query: URLSearchParams): DeepLink | null {
  const address = query.get('address') ?? ''
  const namespace = query.get('namespace') ?? 'default'
  if (!/^rediss?:\/\/(\[[\da-f:]+\]|[\w.-]+)(:\d{1,5})?(\/\d{1,3})?$/i.test(address) || !/^[\w.-]{1,64}$/.test(namespace)) return null
  return { to: 'join', address, namespace }
}
