import type { Protocol } from '../../../../shared/task/protocol.ts'

/** The tabs of a request, and which part of the task stands on which. */
const PATHS = {
  query: [],
  headers: ['request.headers'],
  body: ['request.body', 'request.bodyBase64', 'request.form', 'request.multipart'],
  auth: ['auth'],
  answer: ['request.stream', 'request.expect'],
  message: ['request.send', 'request.sendHex', 'request.sendBase64', 'request.expect'],
  call: ['request.message', 'request.proto', 'request.descriptor'],
  transport: ['transport'],
  data: ['data'],
  variables: ['vars', 'env'],
  steps: ['steps', 'stepOrder', 'cookies'],
} as const satisfies Record<string, readonly string[]>

export type TabName = keyof typeof PATHS

const OWN: Record<Protocol, readonly TabName[]> = {
  http: ['query', 'headers', 'body', 'auth', 'answer'],
  websocket: ['message', 'headers', 'auth'],
  tcp: ['message'],
  grpc: ['call', 'headers', 'auth'],
}

/** @param stepwise the task has steps: each is one answer, read to its end. */
export function tabsOf(protocol: Protocol, stepwise: boolean): TabName[] {
  const own = OWN[protocol].filter((tab) => tab !== 'answer' || !stepwise)
  return [...own, 'transport', 'data', 'variables', ...(protocol === 'http' || stepwise ? (['steps'] as const) : [])]
}

export function pathsOf(tab: TabName): readonly string[] {
  return PATHS[tab]
}

/** Null for what stands beside the tabs: the URL, the load. */
export function tabOf(path: string, protocol: Protocol): TabName | null {
  const covers = (start: string): boolean => path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`)
  if (/^steps\[\d+\]\.checks\b/.test(path)) return null
  return tabsOf(protocol, true).concat(tabsOf(protocol, false)).find((tab) => PATHS[tab].some(covers)) ?? null
}

export function firstTab(protocol: Protocol, body: boolean): TabName {
  return protocol === 'http' ? (body ? 'body' : 'headers') : (OWN[protocol][0] ?? 'headers')
}
