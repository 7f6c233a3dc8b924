// A Chromium of our own, spoken to over the DevTools protocol.
import { spawn } from 'node:child_process'

const FLAGS = [
  '--headless=new',
  '--no-first-run',
  '--no-startup-window',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  // The page is a file, and so are its modules.
  '--allow-file-access-from-files',
  '--remote-debugging-port=0',
]

/** Resolves when it can be spoken to. `send` and `on` speak to the browser, or with a session id to one page. */
export async function startChromium() {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  // As Electron's own --lang does, it decides what the page sees as the system's language.
  const locale = process.env.STANDIN_LOCALE === undefined ? [] : [`--lang=${process.env.STANDIN_LOCALE}`, `--accept-lang=${process.env.STANDIN_LOCALE}`]
  const browser = spawn(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', [...FLAGS, ...sandbox, ...locale, `--user-data-dir=${process.env.STANDIN_PROFILE}`], { stdio: ['ignore', 'ignore', 'pipe'] })
  const stop = () => browser.kill('SIGKILL')
  process.on('exit', stop)
  const url = await debuggerUrl(browser)
  return { url, stop, ...(await connect(url)) }
}

function debuggerUrl(browser) {
  return new Promise((resolve, reject) => {
    let said = ''
    browser.stderr.on('data', (chunk) => {
      said += chunk
      const found = /DevTools listening on (ws:\S+)/.exec(said)
      if (found) resolve(found[1])
    })
    browser.on('error', reject)
    browser.on('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said}`)))
  })
}

async function connect(url) {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const waiting = new Map()
  const listeners = new Set()
  let last = 0
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data)
    if (message.id === undefined) for (const listener of [...listeners]) listener(message)
    else settle(waiting, message)
  }
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last
      waiting.set(id, { resolve, reject, method })
      socket.send(JSON.stringify({ id, method, params, sessionId }))
    })
  const on = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return { send, on }
}

function settle(waiting, { id, error, result }) {
  const call = waiting.get(id)
  waiting.delete(id)
  if (error) call?.reject(new Error(`${call.method}: ${error.message}`))
  else call?.resolve(result)
}
