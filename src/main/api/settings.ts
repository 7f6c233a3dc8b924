import type { Api, Settings } from '../../shared/contract.ts'
import type { TaskStore } from '../backend/task-store.ts'

const KEY = 'settings'
const DEFAULTS: Settings = { theme: 'system', language: 'system', dismissedHints: [], allowedHosts: [] }

type SettingsStore = Pick<TaskStore, 'setting' | 'setSetting'>

export function settingsCommands(store: SettingsStore): Pick<Api, 'settings.get' | 'settings.set'> {
  return {
    'settings.get': () => readSettings(store),
    'settings.set': async (wanted) => {
      const settings = { ...(await readSettings(store)), ...wanted }
      await store.setSetting(KEY, JSON.stringify(settings))
      return settings
    },
  }
}

/** What an older version did not know is at its default. */
export async function readSettings(store: SettingsStore): Promise<Settings> {
  const stored = await store.setting(KEY)
  return stored === null ? DEFAULTS : { ...DEFAULTS, ...(JSON.parse(stored) as Partial<Settings>) }
}
