import { createPinia } from 'pinia'
import { createApp, watchEffect, type App as VueApp } from 'vue'
import type { Router } from 'vue-router'
import { inAnotherCluster } from './another-cluster.ts'
import App from './App.vue'
import { BRIDGE, type ScreenBridge } from './bridge/index.ts'
import { createTexts } from './i18n.ts'
import { createConsoleRouter } from './router.ts'
import { useSettings } from './stores/settings.ts'

/** All screens over one bridge: the same in the desktop app, in the browser and in tests. */
export function createConsole(bridge: ScreenBridge): { app: VueApp; router: Router } {
  const app = createApp(App)
  const router = createConsoleRouter()
  const texts = createTexts('en')
  app.provide(BRIDGE, bridge)
  app.use(createPinia())
  app.use(texts)
  app.use(router)
  app.runWithContext(() => followSettings((language) => (texts.global.locale.value = language)))
  bridge.on('cluster:changed', inAnotherCluster(() => location.reload()))
  return { app, router }
}

/** Theme and language of the document: chosen, or the system's; both change without a reload. */
function followSettings(setLocale: (language: 'en' | 'zh-CN') => void): void {
  const settings = useSettings()
  const dark = matchMedia('(prefers-color-scheme: dark)')
  settings.systemDark = dark.matches
  dark.addEventListener('change', () => (settings.systemDark = dark.matches))
  settings.systemLanguage = navigator.language
  watchEffect(() => (document.documentElement.dataset.theme = settings.theme))
  watchEffect(() => {
    document.documentElement.lang = settings.language
    setLocale(settings.language)
  })
}
