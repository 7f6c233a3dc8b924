// `npm run screenshots`: the pictures of the README, taken from the built product while it really runs. Needs Chromium and redis-server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { root, say } from './process.mjs'

const images = join(root, 'docs', 'images')
const work = mkdtempSync(join(tmpdir(), 'stampede-screenshots-'))
const children = []
const SIZE = { width: 1440, height: 900 }

/** Starts a program, and resolves with what it says once that fits. It is ended with this script. */
async function start(command, args, wanted) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let said = ''
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', () => reject(new Error(`${command} ended:\n${said}`)))
    child.stdout.on('data', (chunk) => {
      said += chunk
      const found = wanted.exec(said)
      if (found !== null) resolve(found[1] ?? found[0])
    })
  })
}

const stampede = (name, args, wanted) => start(process.execPath, [join(root, 'out', 'main', 'cli.js'), ...args, '--data-dir', join(work, name), '--name', name], wanted)

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function take(page, name, theme, prepare = async () => {}) {
  await page.emulateMedia({ colorScheme: theme })
  await prepare()
  await page.mouse.move(0, 0)
  await page.waitForTimeout(600) // fades end, fonts are there
  await page.screenshot({ path: join(images, `${name}.png`) })
  say(`docs/images/${name}.png`)
}

async function main() {
  mkdirSync(images, { recursive: true })
  const port = await freePort()
  await start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', work], /Ready to accept/)
  const redis = ['--redis', `redis://127.0.0.1:${port}`]
  const url = await stampede('desk', ['serve', '--port', '0', ...redis], /Console: (\S+)/)
  await Promise.all([...['w1', 'w2'].map((name) => stampede(name, ['worker', ...redis], /joined/)), ...['s1', 's2', 's3'].map((name) => stampede(name, ['sentinel', ...redis], /joined/))])
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  const page = await (await browser.newContext({ viewport: SIZE, locale: 'en' })).newPage()
  await page.goto(url)
  const run = page.getByRole('button', { name: /^Run 30 s/ })
  await run.waitFor()
  await take(page, 'first-run-light', 'light')
  await run.click()
  await rehearse(page)
  await page.waitForTimeout(12_000) // a picture with a course in it
  await page.keyboard.press('r')
  await page.keyboard.type('800')
  await page.keyboard.press('Enter')
  await page.waitForTimeout(8000)
  await take(page, 'live-dark', 'dark')
  await take(page, 'live-light', 'light')
  await take(page, 'nodes-dark', 'dark', () => page.getByRole('link', { name: /^Nodes/ }).click())
  await takeStates(page)
  await browser.close()
}

/** The first run compiles what all later ones use: nodes that share two cores send late meanwhile. The next one is begun when it is over. */
async function rehearse(page) {
  await page.getByTestId('stop-button').waitFor()
  await page.waitForTimeout(12_000)
  await page.getByTestId('stop-button').click()
  await page.getByTestId('rerun-button').waitFor({ timeout: 60_000 })
  await page.getByTestId('rerun-button').click()
  await page.getByTestId('stop-button').waitFor()
}

/** The states that docs/acceptance.md shows: each made by the real product against a real target. */
async function takeStates(page) {
  const target = createHttpServer((_request, response) => {
    response.writeHead(Math.random() < 0.1 ? 503 : 200, { 'content-type': 'application/json' }).end('{"ok":true,"items":[{"sku":"A-1029"}]}')
  }).listen(0, '127.0.0.1')
  await once(target, 'listening')
  const url = `http://127.0.0.1:${target.address().port}/orders`

  await page.goBack()
  await page.getByTestId('stop-button').click()
  await page.getByTestId('rerun-button').waitFor({ timeout: 60_000 })

  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('url-input').fill(url)
  await page.getByTestId('url-input').press('Enter')
  await page.getByTestId('try-status').waitFor()
  await take(page, 'editor-dark', 'dark')
  await page.getByRole('button', { name: /^Add check/ }).click()
  await page.getByRole('menuitem', { name: /JSON/ }).click()
  await page.getByPlaceholder('$.items[0].sku').fill('$.items[0.sku')
  await page.keyboard.press('Tab')
  await take(page, 'editor-problem-light', 'light')
  await page.getByTestId('url-input').focus()

  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('url-input').fill(url)
  await page.locator('[data-path="load.rate"]').fill('200')
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.waitForTimeout(8000)
  await page.locator('section[aria-label="Errors"] button[aria-expanded]').first().click()
  await take(page, 'errors-light', 'light')
  await page.keyboard.press('ControlOrMeta+.')
  await page.getByTestId('rerun-button').waitFor({ timeout: 60_000 })

  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('url-input').fill(url)
  await page.locator('[data-path="load.rate"]').fill('90,000')
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.getByTestId('remedy-banner').waitFor({ timeout: 60_000 })
  await take(page, 'generator-bound-dark', 'dark')
  await page.keyboard.press('ControlOrMeta+.')
  await page.getByTestId('rerun-button').waitFor({ timeout: 90_000 })

  await page.keyboard.press('ControlOrMeta+,')
  await page.getByText('简体中文').click()
  await page.keyboard.press('ControlOrMeta+3')
  await page.getByTestId('history-row').nth(1).click()
  await page.getByTestId('chart-rate').waitFor()
  await take(page, 'run-zh-light', 'light')
  target.closeAllConnections()
  target.close()
}

try {
  await main()
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  const ended = children.filter((child) => child.exitCode === null).map((child) => once(child, 'exit'))
  for (const child of children) child.removeAllListeners('exit')
  for (const child of children) child.kill('SIGTERM')
  await Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, 15_000))])
  rmSync(work, { recursive: true, force: true })
  process.exit()
}
