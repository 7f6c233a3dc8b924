import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { ConnectionStep } from '../../../shared/contract/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import { latency } from '../../../shared/format.ts'
import type { Sentence } from '../../../shared/locales/sentence.ts'
import { Envelopes } from '../envelope.ts'
import { isLoopback, labelOf, parseRedisAddress, type RedisAddress } from './address.ts'
import { connectRedis, type ConnectOptions, type RedisLink } from './connection.ts'
import { failureInWords, failureOf } from './failures.ts'
import { isTooOld, OLDEST_REDIS, serverFacts, type ServerFacts } from './server-facts.ts'
import { openTcp, openTls } from './try-socket.ts'

/** What to try; empty texts and null: nothing was given. */
export interface ProbeOptions {
  address: string
  namespace: string
  username: string
  password: string | null
  secret: string | null
  ca: string
}

type Step = ConnectionStep['step']
type Found = Omit<ConnectionStep, 'step'>

const STEPS: readonly Step[] = ['dns', 'tcp', 'tls', 'auth', 'server', 'policy', 'secret']
/** A certificate that expires sooner is worth a warning, days. */
const SOON_DAYS = 14

/**
 * Tries a Redis step by step, as a person would who looks for what is wrong: the first step that fails ends it. Writes
 * nothing. Throws `bad-input` for an address or a namespace that is none.
 */
export async function probeRedis(options: ProbeOptions): Promise<ConnectionStep[]> {
  const probe = new Probe(options)
  const steps: ConnectionStep[] = []
  try {
    for (const step of STEPS) {
      const found = steps.some(({ state }) => state === 'failed') ? skipped('redis.step.skipped') : await probe.take(step)
      steps.push({ step, ...found })
    }
    return steps
  } finally {
    probe.close()
  }
}

class Probe {
  readonly #options: ProbeOptions
  readonly #address: RedisAddress
  readonly #envelopes: Envelopes
  /** The first of several hosts that answers. */
  #host: { host: string; port: number }
  #link: RedisLink | null = null
  #facts: ServerFacts | null = null

  constructor(options: ProbeOptions) {
    this.#options = options
    this.#address = parseRedisAddress(options.address)
    this.#envelopes = new Envelopes(options.secret ?? '', options.namespace)
    const [first] = this.#address.hosts
    if (first === undefined) throw new AppError('bad-input', 'The address has no host.')
    this.#host = first
  }

  take(step: Step): Promise<Found> {
    switch (step) {
      case 'dns': return this.#dns()
      case 'tcp': return this.#tcp()
      case 'tls': return this.#tls()
      case 'auth': return this.#auth()
      case 'server': return this.#server()
      case 'policy': return this.#policy()
      case 'secret': return this.#secret()
      default: return step satisfies never
    }
  }

  close(): void {
    this.#link?.close()
  }

  async #dns(): Promise<Found> {
    const names = this.#address.hosts.filter(({ host }) => isIP(host) === 0)
    if (names.length === 0) return skipped('redis.step.literal')
    try {
      const found = await Promise.any(names.map(async ({ host }) => lookup(host, { all: true })))
      return ok('redis.step.dns', { addresses: [...new Set(found.map(({ address }) => address))].join(', ') })
    } catch (error) {
      return this.#failed(error instanceof AggregateError ? error.errors[0] : error)
    }
  }

  async #tcp(): Promise<Found> {
    const since = performance.now()
    try {
      this.#host = await Promise.any(this.#address.hosts.map(async (host) => openTcp(host).then(() => host)))
      return ok('redis.step.tcp', { host: this.#host.host, port: String(this.#host.port), time: latency(performance.now() - since) })
    } catch (error) {
      return this.#failed(error instanceof AggregateError ? error.errors[0] : error)
    }
  }

  async #tls(): Promise<Found> {
    if (!this.#address.tls) return { ...skipped('redis.step.tls-off'), hint: isLoopback(this.#address) ? null : { key: 'redis.step.tls-off.cure', params: {} } }
    try {
      const { protocol, daysLeft } = await openTls(this.#host, this.#options.ca)
      const found = ok('redis.step.tls', { protocol, days: daysLeft })
      return daysLeft < SOON_DAYS ? warning(found, 'redis.step.tls-soon.cure') : found
    } catch (error) {
      return this.#failed(error)
    }
  }

  async #auth(): Promise<Found> {
    try {
      this.#link = await connectRedis({ ...this.#login(), anyServer: true })
    } catch (error) {
      return this.#failed(error instanceof AppError ? (error.cause ?? error) : error)
    }
    const refusal = await this.#link.commands.ping().then(() => null, (error: unknown) => error)
    if (refusal !== null && failureOf(refusal, true) !== 'no-permission') return this.#failed(refusal)
    if (this.#options.password === null && this.#address.password === null) return isLoopback(this.#address) ? ok('redis.step.auth-open') : warning(ok('redis.step.auth-open'), 'redis.step.auth-open.cure')
    return ok('redis.step.auth', { user: this.#options.username || (this.#address.username ?? 'default') })
  }

  async #server(): Promise<Found> {
    if (this.#link === null) return skipped('redis.step.skipped')
    const facts = await serverFacts(this.#link.commands)
    this.#facts = facts
    const name = { name: facts.name, version: facts.version ?? '' }
    if (facts.isReplica) return this.#failed(new Error('READONLY'))
    if (isTooOld(facts)) return { state: 'failed', detail: { key: 'redis.step.too-old', params: name }, hint: { key: 'redis.step.too-old.cure', params: { oldest: OLDEST_REDIS } } }
    return facts.version === null ? ok('redis.step.server-untold') : ok('redis.step.server', name)
  }

  async #policy(): Promise<Found> {
    const policy = this.#facts?.policy ?? null
    if (policy === null) return { ...skipped('redis.step.policy-untold'), hint: { key: 'redis.step.policy-untold.cure', params: {} } }
    return policy === 'noeviction' ? ok('redis.step.policy') : warning(ok('redis.step.evicts', { policy }), 'redis.step.evicts.cure')
  }

  /** By its fingerprint, as the first node of the cluster left it. */
  async #secret(): Promise<Found> {
    const { namespace, secret } = this.#options
    if (secret === null && !isLoopback(this.#address)) return { state: 'failed', detail: { key: 'redis.step.secret-needed', params: {} }, hint: { key: 'redis.step.secret-needed.cure', params: {} } }
    try {
      const incarnation = (await this.#link?.commands.hget(`{stampede:${namespace}}:meta`, 'inc')) ?? null
      if (incarnation === null) return ok('redis.step.secret-new', { namespace })
      if (incarnation.split('.')[0] === this.#envelopes.keyId) return ok('redis.step.secret', { namespace })
      return { state: 'failed', detail: { key: 'redis.step.secret-other', params: { namespace } }, hint: { key: 'redis.step.secret-other.cure', params: {} } }
    } catch (error) {
      return this.#failed(error)
    }
  }

  #login(): ConnectOptions {
    const { address, username, password, ca } = this.#options
    return { address, name: 'stampede-test', ...(username === '' ? {} : { username }), ...(password === null ? {} : { password }), ...(ca === '' ? {} : { ca }) }
  }

  #failed(error: unknown): Found {
    const { sentence, cure } = failureInWords(error, labelOf(this.#address), true)
    return { state: 'failed', detail: sentence, hint: cure }
  }
}

function ok(key: string, params: Sentence['params'] = {}): Found {
  return { state: 'ok', detail: { key, params }, hint: null }
}

function skipped(key: string): Found {
  return { state: 'skipped', detail: { key, params: {} }, hint: null }
}

function warning(found: Found, cure: string): Found {
  return { ...found, state: 'warning', hint: { key: cure, params: {} } }
}
