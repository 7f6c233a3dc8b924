import { z } from 'zod'
import { field, readDuration } from './task-fields.ts'
import { show } from './suggest.ts'
import { readTargetUrl } from './target-url.ts'
import type { Refuse } from './task-fields.ts'
import type { Problem } from './errors.ts'

/** How a task's requests travel. Certificates are PEM texts, not paths: a task means the same on every node. */

/** Response times are measured up to ten minutes. */
const MAX_TIMEOUT_MS = 600_000
const MAX_PEM = 262_144

export const transportObject = z.strictObject({
  protocol: z.enum(['auto', 'http1', 'http2']).optional(),
  timeout: field(readDuration(1, MAX_TIMEOUT_MS), { type: ['string', 'number'], description: 'Bound on one request, connect included.', examples: ['10s'] }).optional(),
  keepAlive: z.boolean().optional(),
  insecure: z.boolean().optional(),
  follow: z.boolean().optional(),
  proxy: field(readProxy, { type: 'string', examples: ['http://127.0.0.1:3128'] }).optional(),
  cert: field(readPem('CERTIFICATE'), { type: 'string', description: 'PEM' }).optional(),
  key: field(readPem('PRIVATE KEY'), { type: 'string', description: 'PEM' }).optional(),
  cacert: field(readPem('CERTIFICATE'), { type: 'string', description: 'PEM' }).optional(),
  sni: field(readSni, { type: 'string' }).optional(),
})

/** Fields that need each other. */
export function transportConflicts(transport: Record<string, unknown>): Problem[] {
  const [cert, key] = [Object.hasOwn(transport, 'cert'), Object.hasOwn(transport, 'key')]
  if (cert === key) return []
  const missing = cert ? 'key' : 'cert'
  return [{ path: `transport.${missing}`, message: `A client certificate needs both cert and key; ${missing} is missing.`, hint: 'Add it as PEM text.' }]
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
