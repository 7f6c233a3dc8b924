import type { Api, Settings } from '../../shared/contract/contract.ts'
import type { NodeConfig } from '../config/cluster.ts'
import type { NodeLimits } from '../node/driver.ts'

type Given = Pick<NodeConfig, keyof NodeLimits>

/** What this node takes at most: as flags, environment and configuration say, else as its settings do, whenever those change. */
export class Limits implements NodeLimits {
  readonly #given: Given | undefined
  #settings: Settings['limits'] | null

  /** @param settings null for a process that does not follow them. */
  constructor(given: Given | undefined, settings: Settings['limits'] | null) {
    this.#given = given
    this.#settings = settings
  }

  get maxRate(): number | null {
    return this.#of('maxRate')
  }

  get maxDurationMs(): number | null {
    return this.#of('maxDurationMs')
  }

  get maxInFlight(): number | null {
    return this.#of('maxInFlight')
  }

  get stopAtErrors(): number | null {
    return this.#of('stopAtErrors')
  }

  /** The same api, whose changes of the settings take effect here. */
  following(api: Api): Api {
    return {
      ...api,
      'settings.set': async (wanted) => {
        const settings = await api['settings.set'](wanted)
        if (this.#settings !== null) this.#settings = settings.limits
        return settings
      },
    }
  }

  #of(name: keyof NodeLimits): number | null {
    return this.#given?.[name] ?? this.#settings?.[name] ?? null
  }
}
