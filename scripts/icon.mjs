// resources/icon.png from resources/icon.svg: node scripts/icon.mjs. Drawn by Chromium; run it when the drawing changes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root } from './process.mjs'

/** What electron-builder makes the icons of all systems from. */
const SIZE = 1024

const svg = readFileSync(join(root, 'resources', 'icon.svg'), 'utf8')
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } })
await page.setContent(`<style>html, body { margin: 0; background: transparent } svg { display: block; width: ${SIZE}px; height: ${SIZE}px }</style>${svg}`)
await page.screenshot({ path: join(root, 'resources', 'icon.png'), omitBackground: true })
await browser.close()
