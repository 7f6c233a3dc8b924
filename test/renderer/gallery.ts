import '../../src/renderer/src/no-eval.ts'
import '../../src/shared/tokens.css'
import '../../src/renderer/src/base.css'
import { createConsole } from '../../src/renderer/src/app.ts'
import { SCENES } from './scenes.ts'
import { createScriptedBridge } from './scripted-bridge.ts'

/** Every screen and state over a scripted bridge: `gallery.html?scene=live&theme=light&lang=zh-CN`. For looking at, never shipped. */
const query = new URLSearchParams(location.search)
const scene = (SCENES[query.get('scene') ?? 'live'] ?? SCENES.live)?.()
if (scene === undefined) throw new Error('There is no such scene.')

scene.script.settings = { ...scene.script.settings, theme: query.get('theme') === 'light' ? 'light' : 'dark', language: query.get('lang') === 'zh-CN' ? 'zh-CN' : 'en' }
const bridge = createScriptedBridge(scene.script)
// A test may tell of facts: `gallery.tell('run:point', …)`.
Object.assign(window, { gallery: bridge })
const { app, router } = createConsole(bridge)
void router.push(scene.path).then(() => {
  app.mount('#app')
  const { act } = scene
  if (act !== undefined) setTimeout(() => act(document), 150)
})
