import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Capabilities, Settings, SettingsChange } from '../../../shared/contract/contract.ts'
import type { Language } from '../../../shared/locales/translate.ts'
import { useBridge } from '../bridge/index.ts'

const DEFAULTS: Settings = {
  theme: 'system',
  language: 'system',
  notifications: true,
  keepAwake: true,
  dismissedHints: [],
  allowedHosts: [],
  limits: { maxRate: null, maxDurationMs: null, maxInFlight: null, stopAtErrors: null },
  retention: { runs: 200, days: null },
  cluster: { mode: 'local', address: '', namespace: 'default', username: '', hasPassword: false, hasSecret: false, keptIn: 'file', nodeName: '', priority: 5, ca: '' },
}

/** What the user chose and what this host can do. Saved on change. */
export const useSettings = defineStore('settings', () => {
  const bridge = useBridge()
  const settings = ref<Settings>(DEFAULTS)
  const capabilities = ref<Capabilities | null>(null)
  /** A cluster that a link asked to join; nothing is changed by it. */
  const offer = ref<{ address: string; namespace: string } | null>(null)
  const systemDark = ref(true)
  const systemLanguage = ref('en')

  const theme = computed<'dark' | 'light'>(() => {
    if (settings.value.theme !== 'system') return settings.value.theme
    return systemDark.value ? 'dark' : 'light'
  })
  const language = computed<Language>(() => {
    const wanted = settings.value.language === 'system' ? systemLanguage.value : settings.value.language
    return wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
  })

  async function load(): Promise<void> {
    const [loaded, able] = await Promise.all([bridge.invoke('settings.get', {}), bridge.invoke('app.capabilities', {})])
    settings.value = loaded
    capabilities.value = able
  }

  /** Shows the choice at once; the stored one follows. */
  async function change(wanted: SettingsChange): Promise<void> {
    const { password: _, secret: __, ...cluster } = wanted.cluster ?? {}
    settings.value = { ...settings.value, ...wanted, limits: { ...settings.value.limits, ...wanted.limits }, cluster: { ...settings.value.cluster, ...cluster } }
    settings.value = await bridge.invoke('settings.set', wanted)
  }

  /** The highest rate this machine has sustained, asked anew: it grows with every run. */
  async function refreshCapabilities(): Promise<void> {
    capabilities.value = await bridge.invoke('app.capabilities', {})
  }

  return { settings, offer, capabilities, theme, language, systemDark, systemLanguage, load, change, refreshCapabilities }
})
