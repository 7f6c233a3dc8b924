import { routeTo } from './route.ts'
import type { TaskSpec } from './task.ts'

/** A host that a task connects to: a name or an address, in lower case and without brackets, and where the task says so. */
export interface ReachedHost {
  host: string
  path: string
}

/** Ports where none is said. */
const USUAL: Record<string, number> = { http: 80, ws: 80, https: 443, wss: 443 }

/** Every host that load or a request for a token really goes to, each once: behind its rules for connections, and the proxy. */
export function reachedHosts({ request, steps, auth, transport }: TaskSpec): ReachedHost[] {
  const urls = steps === undefined ? [{ url: request.url, path: 'request.url' }] : steps.map((step, index) => ({ url: step.request.url, path: `steps[${index}].request.url` }))
  const token = auth?.type === 'oauth2' ? [{ url: auth.tokenUrl, path: 'auth.tokenUrl' }] : []
  const proxy = transport.proxy === undefined ? [] : [{ host: hostOf(transport.proxy), path: 'transport.proxy' }]
  const reached = [...[...urls, ...token].flatMap(({ url, path }) => behind(url, path, transport)), ...proxy]
  return reached.filter(({ host }, index) => reached.findIndex((one) => one.host === host) === index)
}

function behind(url: string, path: string, transport: TaskSpec['transport']): ReachedHost[] {
  const port = Number(new URL(url).port) || USUAL[new URL(url).protocol.slice(0, -1)] || 0
  const { host, addresses } = routeTo(transport, hostOf(url), port)
  if (addresses !== null) return addresses.map((address) => ({ host: address, path: 'transport.resolve' }))
  return [{ host, path: host === hostOf(url) ? path : 'transport.connectTo' }]
}

function hostOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, '').toLowerCase()
}
