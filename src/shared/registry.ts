import { AppError } from './errors.ts'

/**
 * Named factories, with the semantics of Go's `database/sql.Register` but no global state: whoever composes the
 * program owns the registry. Factories, not instances: a node that is elected again gets a fresh driver.
 */
export class Registry<Deps, T> {
  readonly #kind: string
  readonly #factories = new Map<string, (deps: Deps) => T>()

  /** @param kind what is registered, for messages: `master driver`. */
  constructor(kind: string) {
    this.#kind = kind
  }

  /** Throws `bad-input` for an empty name, `conflict` for one already taken. */
  register(name: string, factory: (deps: Deps) => T): this {
    if (name.trim() === '') throw new AppError('bad-input', `A ${this.#kind} needs a name.`)
    if (this.#factories.has(name)) throw new AppError('conflict', `A ${this.#kind} named "${name}" is already registered.`)
    this.#factories.set(name, factory)
    return this
  }

  /** Makes a new one. Throws `not-found` with the list of known names. */
  create(name: string, deps: Deps): T {
    return this.#factory(name)(deps)
  }

  /** The very name, for a choice to be refused before it is needed. Throws as {@link create}. */
  known(name: string): string {
    this.#factory(name)
    return name
  }

  names(): string[] {
    return [...this.#factories.keys()].sort()
  }

  #factory(name: string): (deps: Deps) => T {
    const factory = this.#factories.get(name)
    if (factory !== undefined) return factory
    throw new AppError('not-found', `There is no ${this.#kind} named "${name}".`, { hint: `Known: ${this.names().join(', ') || 'none'}.` })
  }
}
