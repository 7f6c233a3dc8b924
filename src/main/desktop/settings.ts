import { app, nativeTheme } from 'electron'
import type { Api, Settings } from '../../shared/contract/contract.ts'
import type { Language } from '../../shared/locales/translate.ts'

/** The language of menus and dialogs: as chosen, else the system's. */
export function languageOf({ language }: Settings): Language {
  const wanted = language === 'system' ? app.getLocale() : language
  return /^zh/i.test(wanted) ? 'zh-CN' : 'en'
}

/** The theme of menus, dialogs and `prefers-color-scheme`. */
export function applyTheme({ theme }: Settings): void {
  nativeTheme.themeSource = theme
}

/** Calls `apply` with the settings as they are now and whenever a command of the returned api has changed them. */
export async function followSettings(api: Api, apply: (settings: Settings) => void): Promise<Api> {
  apply(await api['settings.get']({}))
  return {
    ...api,
    'settings.set': async (wanted) => {
      const settings = await api['settings.set'](wanted)
      apply(settings)
      return settings
    },
  }
}
