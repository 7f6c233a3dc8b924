import { AppError } from '../../shared/errors.ts'
import type { Entries } from './context.ts'
import { startDemoTarget } from '../demo/spawn.ts'

/** `stampede serve`: a master-capable node with the console and the HTTP API; prints a URL with a token and stays. */
export async function serve(flags: { port: string; host: string; open?: boolean; dataDir?: string }, entries: Entries): Promise<number> {
  const port = Number(flags.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new AppError('bad-input', `--port: "${flags.port}" is no port.`, { hint: 'Write a number from 0 (any free one) to 65535.' })
  const [{ createApp }, { startHttp }] = await Promise.all([import('../app.ts'), import('../api/http.ts')])
  const app = await createApp({
    entries,
    stays: true,
    startDemoTarget: () => startDemoTarget(entries.cli),
    ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }),
  })
  try {
    const http = await startHttp({ api: app.api, on: app.on, host: flags.host, port, staticDir: entries.renderer })
    process.stdout.write(`Console: ${http.url}\nThe link works once in one browser; keep it to yourself. Ctrl-C ends it.\n`)
    if (flags.open === true) await openBrowser(http.url)
    await new Promise<void>((resolve) => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve()) })
    await http.close()
    return 0
  } finally {
    await app.close()
  }
}

async function openBrowser(url: string): Promise<void> {
  const { spawn } = await import('node:child_process')
  const [command, args] = process.platform === 'darwin' ? (['open', [url]] as const) : process.platform === 'win32' ? (['cmd', ['/c', 'start', '', url]] as const) : (['xdg-open', [url]] as const)
  spawn(command, args, { stdio: 'ignore', detached: true }).on('error', () => undefined).unref()
}
