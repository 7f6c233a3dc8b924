import type { DemoTarget } from '../demo/spawn.ts'

/** One demo target per process, started when it is first asked for. */
export class DemoTargetOnce {
  readonly #start: () => Promise<DemoTarget>
  #target: Promise<DemoTarget> | null = null

  constructor(start: () => Promise<DemoTarget>) {
    this.#start = start
  }

  async target(): Promise<{ url: string }> {
    this.#target ??= this.#start()
    // One that could not start is tried anew the next time.
    this.#target.catch(() => (this.#target = null))
    return { url: (await this.#target).url }
  }

  async close(): Promise<void> {
    (await this.#target?.catch(() => null))?.close()
  }
}
