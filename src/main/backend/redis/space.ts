import { AppError } from '../../../shared/errors.ts'
import type { Script } from '../lua/script.ts'
import type { RedisClient, RedisLink } from './connection.ts'
import { explainRedis } from './failures.ts'
import { entriesOf, idAfter, type StreamEntry } from './replies.ts'

const NAMESPACE = /^[a-z0-9-]{1,32}$/

/** One cluster's own part of a Redis: all its keys begin with `{stampede:<namespace>}:`. Every failure comes in words. */
export class RedisSpace {
  readonly namespace: string
  readonly prefix: string
  readonly #link: RedisLink

  /** Throws AppError `bad-input` for a namespace that is none. */
  constructor(link: RedisLink, namespace: string) {
    if (!NAMESPACE.test(namespace)) throw new AppError('bad-input', `"${namespace}" is no namespace.`, { hint: 'Use up to 32 lower-case letters, digits and hyphens.' })
    this.#link = link
    this.namespace = namespace
    this.prefix = `{stampede:${namespace}}:`
  }

  get label(): string {
    return this.#link.label
  }

  get subscriber(): RedisClient {
    return this.#link.subscriber
  }

  /** Runs a script; sends its source only to a Redis that does not know it yet, where it has not been run either. */
  async run(script: Script, args: readonly (string | number)[] = []): Promise<unknown> {
    const { source, sha } = this.#link.knowsFlags ? (script.pressing ?? script) : script
    return this.ask(async (redis) => {
      try {
        return await redis.evalsha(sha, 1, this.prefix, ...args)
      } catch (error) {
        if (!messageOf(error).startsWith('NOSCRIPT')) throw error
        return redis.eval(source, 1, this.prefix, ...args)
      }
    })
  }

  /** One plain command. */
  async ask<T>(command: (redis: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await command(this.#link.commands)
    } catch (error) {
      this.#dropIfLate(error)
      throw explainRedis(error, this.#link.label)
    }
  }

  /** A stream, page by page; goes on after a page that was read already. */
  async wholeStream(key: string, pageLength: number, first?: StreamEntry[]): Promise<StreamEntry[]> {
    let page = first ?? (await this.#pageOf(key, '-', pageLength))
    const all = [...page]
    while (page.length === pageLength) {
      page = await this.#pageOf(key, idAfter(page.at(-1)?.id ?? '0-0'), pageLength)
      all.push(...page)
    }
    return all
  }

  async #pageOf(key: string, from: string, length: number): Promise<StreamEntry[]> {
    return entriesOf(await this.ask((redis) => redis.xrange(this.prefix + key, from, '+', 'COUNT', length)))
  }

  /** What did not answer in time may still be carried out: on a fresh connection nothing of it is mixed up with what follows. */
  #dropIfLate(error: unknown): void {
    const { commands } = this.#link
    if (messageOf(error) === 'Command timed out' && commands.status === 'ready') commands.disconnect(true)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
