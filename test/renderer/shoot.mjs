// Screenshots of gallery scenes: node test/renderer/shoot.mjs live,tasks dark,light en,zh-CN  → .artifacts/gallery/
// WAIT: how long a scene is left to itself before, ms.
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'

const [scenes = 'live', themes = 'dark', languages = 'en', size = '1440x900'] = process.argv.slice(2)
const [width, height] = size.split('x').map(Number)
const out = new URL('../../.artifacts/gallery/', import.meta.url).pathname
mkdirSync(out, { recursive: true })

const server = await createServer({ configFile: new URL('./vite.gallery.config.ts', import.meta.url).pathname })
await server.listen()
const base = server.resolvedUrls.local[0]
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width, height } })
page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`[${message.type()}]`, message.text()))
page.on('pageerror', (error) => console.log('[pageerror]', error.message))
for (const scene of scenes.split(',')) for (const theme of themes.split(',')) for (const language of languages.split(',')) {
  const query = new URLSearchParams({ scene, theme, lang: language })
  await page.goto(`${base}gallery.html?${query}`)
  await page.waitForSelector('main > *', { timeout: 30_000 })
  await page.waitForTimeout(Number(process.env.WAIT ?? 500))
  const name = `${scene}-${theme}${language === 'en' ? '' : '-zh'}${size === '1440x900' ? '' : `-${size}`}.png`
  await page.screenshot({ path: out + name })
  console.log(name)
}
await browser.close()
await server.close()
