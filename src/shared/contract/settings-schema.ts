import { z } from 'zod'
import { field, readCount, readRate, type Refuse } from '../task/task-fields.ts'

/** The door for settings: what of them may be changed, and in which form. */

const MAX_LINES = 1000
/** Shorter ones are guessed by trying. */
const MIN_SECRET = 16
const MIN_DURATION_MS = 1000
const lines = z.array(z.string().max(500)).max(MAX_LINES)

/** From 0 (never master) to 100. */
export const priority = field((value, refuse) => readCount(0, 100, 'priority')(value, refuse), { type: 'integer', minimum: 0, maximum: 100, description: '0: never master. Higher is preferred.' })

const maxRate = field((value, refuse) => readRate(value, refuse), { type: ['number', 'string'], description: 'Iterations per second that this node takes at most.' })
const limits = z.strictObject({
  maxRate: maxRate.nullable().optional(),
  maxDurationMs: z.int().min(MIN_DURATION_MS).nullable().optional(),
  maxInFlight: z.int().min(1).max(10_000_000).nullable().optional(),
  stopAtErrors: z.number().min(0).max(1).nullable().optional(),
})

const address = field(readAddress, { type: 'string', description: 'Of Redis, without user and password.' })
const namespace = field(readMatching(/^[a-z0-9-]{1,32}$/, 'no namespace', 'Use up to 32 lower-case letters, digits and hyphens.'), { type: 'string' })
const username = z.string().max(128)
const ca = field(readMatching(/^$|-----BEGIN CERTIFICATE-----/, 'no certificate', 'Give the file that begins with -----BEGIN CERTIFICATE-----.', 65_536), { type: 'string' })
const nodeName = field(readMatching(/^[^\p{Cc}]{0,64}$/u, 'no name of a node', 'Use up to 64 characters.'), { type: 'string' })
const password = z.string().min(1).max(1024)
const secret = field(readMatching(new RegExp(`^.{${MIN_SECRET},1024}$`, 's'), 'no secret', `Use at least ${MIN_SECRET} characters, better a generated one.`, 1024, false), { type: 'string', minLength: MIN_SECRET })

const redis = { address: address.optional(), namespace: namespace.optional(), username: username.optional(), ca: ca.optional() }

export const redisTest = z.strictObject({ ...redis, password: password.optional(), secret: secret.optional() })

export const settingsChange = z.strictObject({
  theme: z.enum(['system', 'dark', 'light']).optional(),
  language: z.enum(['system', 'en', 'zh-CN']).optional(),
  notifications: z.boolean().optional(),
  keepAwake: z.boolean().optional(),
  dismissedHints: lines.optional(),
  allowedHosts: lines.optional(),
  limits: limits.optional(),
  retention: z.strictObject({ runs: z.int().min(1).max(100_000).nullable(), days: z.int().min(1).max(3650).nullable() }).optional(),
  cluster: z.strictObject({
    ...redis,
    mode: z.enum(['local', 'redis']).optional(),
    nodeName: nodeName.optional(),
    priority: priority.optional(),
    password: password.nullable().optional(),
    secret: secret.nullable().optional(),
  }).optional(),
})

/** Only the outer form: whether Redis is there is found out by trying. A password would be stored readably in it. */
function readAddress(value: unknown, refuse: Refuse): string | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  if (value === '') return ''
  if (/^rediss?(\+(sentinel|cluster))?:\/\/[^@]*@/.test(text)) return refuse('User and password do not belong into the address.', 'Write them into their own fields.')
  if (/^rediss?(\+(sentinel|cluster))?:\/\/[^\s/]{1,500}(\/\S{0,200})?$/.test(text)) return text
  return refuse('This is no address of a Redis server.', 'Write redis://host:6379, or rediss://host:6380 for TLS.')
}

/** `shown`: whether the value may be repeated in a message. */
function readMatching(form: RegExp, isWhat: string, hint: string, most = 1024, shown = true) {
  return (value: unknown, refuse: Refuse): string | undefined => {
    if (typeof value === 'string' && value.length <= most && form.test(value)) return value
    return refuse(`${shown && typeof value === 'string' && value.length <= 64 ? JSON.stringify(value) : 'This'} is ${isWhat}.`, hint)
  }
}
