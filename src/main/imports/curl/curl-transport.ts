import { formatConnectTo, formatResolve, parseConnectTo, parseResolve } from '../../../shared/task/route.ts'
import type { TransportSpec } from '../../../shared/task/task.ts'
import type { ImportNotes } from '../import-notes.ts'
import { percentEncoded } from '../percent-encoded.ts'
import type { CurlFlag } from './curl-flags.ts'

/** Flags of curl that say how requests travel → the transport of a task. */
type Handler = (flag: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes) => void

const HANDLERS: Record<string, Handler> = {
  insecure: (_, transport, notes) => {
    transport.insecure = true
    notes.take('insecure')
  },
  location: follow,
  'location-trusted': follow,
  http2: (_, transport, notes) => protocol('http2', transport, notes),
  'http2-prior-knowledge': (_, transport, notes) => protocol('http2', transport, notes),
  'http1.1': (_, transport, notes) => protocol('http1', transport, notes),
  'max-time': timeout,
  proxy,
  resolve,
  'connect-to': connectTo,
}

/** Whether the flag was one of transport. */
export function readTransportFlag(flag: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes): boolean {
  const handler = Object.hasOwn(HANDLERS, flag.name) ? HANDLERS[flag.name] : undefined
  handler?.(flag, transport, notes)
  return handler !== undefined
}

/** `-U user:password` belongs into the URL of the proxy. */
export function withProxyUser(transport: Partial<TransportSpec>, user: string): void {
  if (transport.proxy === undefined) return
  const [, name = '', password = ''] = /^([^:]*):?([^]*)$/.exec(user) ?? []
  const credentials = `${percentEncoded(name)}:${percentEncoded(password)}@`
  transport.proxy = transport.proxy.replace(/^(https?:\/\/)(?:[^@/]*@)?/i, `$1${credentials.replaceAll('$', '$$$$')}`)
}

/** Through a proxy it is the proxy that connects. */
export function withoutRules(transport: Partial<TransportSpec>, notes: ImportNotes): void {
  if (transport.proxy === undefined) return
  if (transport.resolve !== undefined) notes.skip('--resolve', 'proxied')
  if (transport.connectTo !== undefined) notes.skip('--connect-to', 'proxied')
  delete transport.resolve
  delete transport.connectTo
}

function follow(_: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes): void {
  if (transport.follow !== true) notes.take('follow')
  transport.follow = true
}

function protocol(wanted: 'http1' | 'http2', transport: Partial<TransportSpec>, notes: ImportNotes): void {
  transport.protocol = wanted
  notes.take(wanted)
}

function timeout(flag: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes): void {
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(flag.value) ? Number(flag.value) : 0
  if (seconds < 0.001 || seconds > 600) return notes.skip(flag.written, 'value', { value: flag.value.slice(0, 40) })
  transport.timeout = `${seconds}s`
  notes.take('timeout', { timeout: transport.timeout })
}

/** curl's proxies are HTTP on port 1080 unless they say otherwise. */
function proxy(flag: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes): void {
  if (/^socks/i.test(flag.value)) return notes.skip(flag.written, 'socks')
  const url = /^https?:\/\//i.test(flag.value) ? flag.value : `http://${flag.value}`
  if (flag.value === '' || !URL.canParse(url)) return notes.skip(flag.written, 'value', { value: flag.value.slice(0, 40) })
  transport.proxy = /:\d+\/?$/.test(url) ? url : `${url.replace(/\/$/, '')}:1080`
  notes.take('proxy')
}

/** `+` makes it end after a while, which is of no use in a run; `-host:port` takes an entry of the cache away. */
function resolve(flag: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes): void {
  const parsed = parseResolve(flag.value)
  if (!parsed.ok || flag.value.startsWith('-')) return notes.skip(`${flag.written} ${flag.value}`, 'value', { value: flag.value.slice(0, 40) })
  transport.resolve = [...(transport.resolve ?? []), formatResolve(parsed.rule)]
  notes.take('resolve', { rule: formatResolve(parsed.rule) })
}

function connectTo(flag: CurlFlag, transport: Partial<TransportSpec>, notes: ImportNotes): void {
  const parsed = parseConnectTo(flag.value)
  if (!parsed.ok) return notes.skip(`${flag.written} ${flag.value}`, 'value', { value: flag.value.slice(0, 40) })
  transport.connectTo = [...(transport.connectTo ?? []), formatConnectTo(parsed.rule)]
  notes.take('connect-to', { rule: formatConnectTo(parsed.rule) })
}
