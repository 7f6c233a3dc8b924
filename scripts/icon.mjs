// Icons from resources/icon.svg: node scripts/icon.mjs. Drawn by Chromium; run it when the drawing changes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from './process.mjs'

/** What electron-builder makes the icons of all systems from, and the one of the notification area in both densities. */
const ICONS = { 'resources/icon.png': 1024, 'src/renderer/public/tray.png': 16, 'src/renderer/public/tray@2x.png': 32 }

const svg = readFileSync(join(root, 'resources', 'icon.svg'), 'utf8')
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
for (const [path, size] of Object.entries(ICONS)) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  await page.setContent(`<style>html, body { margin: 0; background: transparent } svg { display: block; width: ${size}px; height: ${size}px }</style>${svg}`)
  await page.screenshot({ path: join(root, path), omitBackground: true })
  await page.close()
}
await browser.close()
