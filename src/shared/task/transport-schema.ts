import { z } from 'zod'
import { durationMeta } from './field-meta.ts'
import { field, readDuration } from './task-fields.ts'
import { show } from '../suggest.ts'
import { formatConnectTo, formatResolve, parseConnectTo, parseResolve } from './route.ts'
import { readTargetUrl } from './target-url.ts'
import type { Refuse } from './task-fields.ts'
import type { Problem } from '../errors.ts'
import type { Parsed } from './route.ts'

/** How a task's requests travel. Certificates are PEM texts, not paths: a task means the same on every node. */

/** Response times are measured up to ten minutes. */
const MAX_TIMEOUT_MS = 600_000
const MAX_PEM = 262_144
const MAX_RULES = 100
const RULES_META = { type: ['array', 'string'], items: { type: 'string' }, minItems: 1 }
const PEM_META = { type: 'string', pattern: '^\\s*-----BEGIN [^]*-----' }

export const transportObject = z.strictObject({
  protocol: z.enum(['auto', 'http1', 'http2']).meta({ description: 'Version of HTTP; auto (the default) asks an https server once.' }).optional(),
  timeout: field(readDuration(1, MAX_TIMEOUT_MS), durationMeta('Bound on one request, connect included; default 10s.', ['10s'])).optional(),
  keepAlive: z.boolean().meta({ description: 'Whether connections are used again; default true.' }).optional(),
  insecure: z.boolean().meta({ description: 'Accept any certificate.' }).optional(),
  follow: z.boolean().meta({ description: 'Follow redirects, at most 10.' }).optional(),
  proxy: field(readProxy, { type: 'string', minLength: 1, description: 'HTTP proxy.', examples: ['http://127.0.0.1:3128'] }).optional(),
  cert: field(readPem('CERTIFICATE'), { ...PEM_META, description: 'Client certificate, PEM text; needs key.' }).optional(),
  key: field(readPem('PRIVATE KEY'), { ...PEM_META, description: 'Private key of the client certificate, PEM text.' }).optional(),
  cacert: field(readPem('CERTIFICATE'), { ...PEM_META, description: 'Authority that signed the certificate of the server, PEM text.' }).optional(),
  sni: field(readSni, { type: 'string', pattern: String.raw`^[\w-]+(\.[\w-]+)*$`, description: 'Name asked for in the TLS handshake; default: the host.' }).optional(),
  resolve: field(readRules(parseResolve, formatResolve), { ...RULES_META, description: 'Where names lead, host:port:address, as curl --resolve.', examples: [['api.example.com:443:127.0.0.1']] }).optional(),
  connectTo: field(readRules(parseConnectTo, formatConnectTo), { ...RULES_META, description: 'Where connections go instead, host:port:host2:port2, as curl --connect-to.', examples: [['api.example.com:443:staging.internal:8443']] }).optional(),
}).meta({ description: 'How requests travel.', dependentRequired: { cert: ['key'], key: ['cert'] } })

/** Fields that need each other, or exclude each other. */
export function transportConflicts(transport: Record<string, unknown>): Problem[] {
  const has = (name: string): boolean => Object.hasOwn(transport, name)
  const missing = has('cert') === has('key') ? null : has('cert') ? 'key' : 'cert'
  const routes = has('proxy') ? ['resolve', 'connectTo'].filter(has) : []
  return [
    ...(missing === null ? [] : [{ path: `transport.${missing}`, message: `A client certificate needs both cert and key; ${missing} is missing.`, hint: 'Add it as PEM text.' }]),
    ...routes.map((name) => ({ path: `transport.${name}`, message: `Through a proxy it is the proxy that connects, so ${name} cannot hold.`, hint: 'Remove one of them.' })),
  ]
}

function readRules<T>(parse: (text: string) => Parsed<T>, format: (rule: T) => string) {
  return (value: unknown, refuse: Refuse): string[] | undefined => {
    const texts: unknown[] = Array.isArray(value) ? value : [value]
    if (texts.length > MAX_RULES) return refuse(`More than ${MAX_RULES} rules.`, 'Use * for any host.')
    const rules = texts.map((text, index): string => {
      const parsed = parse(typeof text === 'string' ? text : '')
      if (parsed.ok) return format(parsed.rule)
      refuse(typeof text === 'string' ? parsed.message : `A rule is text, not ${show(text)}.`, parsed.hint, Array.isArray(value) ? [index] : [])
      return ''
    })
    return rules.length === 0 ? refuse('The list is empty.', 'Remove it, or write a rule.') : rules
  }
}

/** Credentials are allowed here: a proxy has no other place for them. */
function readProxy(value: unknown, refuse: Refuse): string | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  const hint = 'Write for example http://127.0.0.1:3128.'
  const [, scheme = 'http', credentials = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^@/\s]*@)?([^]*)$/i.exec(text) ?? []
  if (text === '') return refuse(`A proxy is a URL, not ${show(value)}.`, hint)
  if (!/^https?$/i.test(scheme)) return refuse(`A proxy of the kind ${scheme} is not supported.`, hint)
  const read = readTargetUrl(`${scheme}://${rest}`)
  if (!read.ok) return refuse(`The proxy: ${read.message}`, hint)
  const whole = `${scheme.toLowerCase()}://${credentials}${rest}`
  return URL.canParse(whole) ? whole : refuse(`The proxy ${show(rest)} is no valid address.`, hint)
}

function readPem(label: string) {
  return (value: unknown, refuse: Refuse): string | undefined => {
    const hint = 'Paste the text of the .pem file, not its path.'
    if (typeof value !== 'string' || !value.includes(`${label}-----`) || !value.trimStart().startsWith('-----BEGIN')) return refuse(`This is no PEM text of a ${label.toLowerCase()}.`, hint)
    return value.length > MAX_PEM ? refuse('The PEM text is larger than 256 KiB.', hint) : value
  }
}

function readSni(value: unknown, refuse: Refuse): string | undefined {
  const valid = typeof value === 'string' && /^(?=.{1,253}$)[\w-]+(\.[\w-]+)*$/.test(value) && !/^[\d.]+$/.test(value)
  return valid ? value : refuse(`${show(value)} is no host name for SNI.`, 'Write for example api.example.com.')
}
