import type { TransportSpec } from './task.ts'

/** Where connections really go: `--resolve` and `--connect-to` of curl, as rules in one line of text each. */

/** `host:port:address[,address]`. */
export interface ResolveRule {
  /** In lower case; `*` for any. IPv6 without brackets, as everywhere here. */
  host: string
  port: number
  addresses: string[]
}

/** `host:port:host2:port2`; empty or 0: fits any, or leaves it. */
export interface ConnectRule {
  host: string
  port: number
  toHost: string
  toPort: number
}

export interface Route {
  host: string
  port: number
  /** Known addresses of the host; null: it is looked up. */
  addresses: readonly string[] | null
}

export type Parsed<T> = { ok: true; rule: T } | { ok: false; message: string; hint: string }

const HOST = String.raw`\[[0-9a-f:.]+\]|[^:\s/?#@,]*`
const RESOLVE = new RegExp(String.raw`^\+?(${HOST}):(\d{1,5}):(\S+)$`, 'i')
const CONNECT = new RegExp(String.raw`^(${HOST}):(\d{0,5}):(${HOST}):(\d{0,5})$`, 'i')

export function parseResolve(text: string): Parsed<ResolveRule> {
  const hint = 'Write host:port:address, for example api.example.com:443:127.0.0.1.'
  const [, host = '', port = '', list = ''] = RESOLVE.exec(text.trim()) ?? []
  const addresses = list.split(',').map((address) => bare(address.trim()))
  if (host === '' || !isPort(Number(port))) return { ok: false, message: `${JSON.stringify(text.slice(0, 80))} does not say which host and port lead where.`, hint }
  const wrong = addresses.find((address) => !isAddress(address))
  return wrong === undefined ? { ok: true, rule: { host: bare(host).toLowerCase(), port: Number(port), addresses } } : { ok: false, message: `${JSON.stringify(wrong.slice(0, 80))} is no IP address.`, hint }
}

export function parseConnectTo(text: string): Parsed<ConnectRule> {
  const hint = 'Write host:port:host2:port2, for example api.example.com:443:staging.internal:8443; what is empty fits any, or stays.'
  const match = CONNECT.exec(text.trim())
  const [, host = '', port = '', toHost = '', toPort = ''] = match ?? []
  const ports = [port, toPort].every((one) => one === '' || isPort(Number(one)))
  if (match === null || !ports || (toHost === '' && toPort === '')) return { ok: false, message: `${JSON.stringify(text.slice(0, 80))} does not say where connections go instead.`, hint }
  return { ok: true, rule: { host: bare(host).toLowerCase(), port: Number(port), toHost: bare(toHost).toLowerCase(), toPort: Number(toPort) } }
}

export function formatResolve({ host, port, addresses }: ResolveRule): string {
  return `${bracketed(host)}:${port}:${addresses.map(bracketed).join(',')}`
}

export function formatConnectTo({ host, port, toHost, toPort }: ConnectRule): string {
  return `${bracketed(host)}:${port || ''}:${bracketed(toHost)}:${toPort || ''}`
}

/** The way to a host and port by the rules of a transport that has passed the schema: first where to connect instead, then at which address. */
export function routeTo({ resolve = [], connectTo = [] }: Pick<TransportSpec, 'resolve' | 'connectTo'>, host: string, port: number): Route {
  const instead = connectTo.map(ruleOf(parseConnectTo)).find((rule) => (rule.host === '' || rule.host === host.toLowerCase()) && (rule.port === 0 || rule.port === port))
  const to = { host: instead?.toHost || host, port: instead?.toPort || port }
  const known = resolve.map(ruleOf(parseResolve)).find((rule) => (rule.host === '*' || rule.host === to.host.toLowerCase()) && rule.port === to.port)
  return { ...to, addresses: known?.addresses ?? null }
}

function ruleOf<T>(parse: (text: string) => Parsed<T>): (text: string) => T {
  return (text) => {
    const parsed = parse(text)
    if (!parsed.ok) throw new TypeError(parsed.message)
    return parsed.rule
  }
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}

function isAddress(text: string): boolean {
  if (text.includes(':')) return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`)
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255)
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
