import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.ts'

export interface Nghttpd {
  url: string
  /** Requests it has got so far, by its own log. */
  requests(): number
  stop(): Promise<void>
}

/** nghttp2's own server without TLS: HTTP/2 by prior knowledge, answers files of a folder with one of 6 bytes. */
export async function startNghttpd(): Promise<Nghttpd> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'stampede-nghttpd-'))
  writeFileSync(join(folder, 'index.html'), 'hello\n')
  const child = spawn('nghttpd', ['--verbose', '--no-tls', '--address=127.0.0.1', `--htdocs=${folder}`, String(port)], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } })
  let seen = 0
  let rest = ''
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    seen += lines.filter((line) => /recv \(stream_id=\d+\) :method:/.test(line)).length
  })
  await untilListens(port)
  return {
    url: `http://127.0.0.1:${port}/`,
    requests: () => seen,
    async stop() {
      child.kill()
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilListens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const listens = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(() => false)
    socket.destroy()
    if (listens) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('nghttpd does not answer; is it installed? (Debian: apt-get install nghttp2-server)')
}
