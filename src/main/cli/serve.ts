import { AppError } from '../../shared/errors.ts'
import { translate } from '../../shared/locales/translate.ts'
import { startDemoTarget } from '../demo/spawn.ts'
import { clusterOf, placesOf } from './cluster-choice.ts'
import type { NodeFlags } from './cluster-flags.ts'
import type { Entries } from './context.ts'
import { firstSignal, leave, tell } from './staying.ts'

export interface ServeFlags extends NodeFlags {
  port: string
  host: string
  open?: boolean
}

/** In elections, where `--priority` is not given: it stays, and somebody looks at it. */
const PRIORITY = 10

/** `stampede serve`: a master-capable node with the console and the HTTP API; prints a URL with a token and stays. */
export async function serve(flags: ServeFlags, entries: Entries): Promise<number> {
  const port = Number(flags.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new AppError('bad-input', `--port: "${flags.port}" is no port.`, { hint: 'Write a number from 0 (any free one) to 65535.' })
  const { node } = await clusterOf(flags)
  const [{ createChangeableApp }, { startHttp }] = await Promise.all([import('../app/changeable.ts'), import('../api/http.ts')])
  const signalled = firstSignal()
  const app = await createChangeableApp({
    entries,
    stays: true,
    places: await placesOf(flags),
    mayStartAlone: false,
    priority: PRIORITY,
    startDemoTarget: () => startDemoTarget(entries.cli),
    ...(flags.dataDir === undefined ? {} : { dataDir: flags.dataDir }),
  })
  try {
    const http = await startHttp({ api: app.api, on: app.on, host: flags.host, port, staticDir: entries.renderer })
    if (app.address !== null) process.stdout.write(`${node.name} joined ${app.address}\n`)
    process.stdout.write(`Console: ${http.url}\nThe link works once in one browser; keep it to yourself. Ctrl-C ends it.\n`)
    app.on('notice', (notice) => tell({ level: notice.level, text: translate('en', notice.sentence) }))
    if (flags.open === true) await openBrowser(http.url)
    await signalled
    await http.close()
  } catch (error) {
    await app.close()
    throw error
  }
  return leave(() => app.close())
}

async function openBrowser(url: string): Promise<void> {
  const { spawn } = await import('node:child_process')
  const [command, args] = process.platform === 'darwin' ? (['open', [url]] as const) : process.platform === 'win32' ? (['cmd', ['/c', 'start', '', url]] as const) : (['xdg-open', [url]] as const)
  spawn(command, args, { stdio: 'ignore', detached: true }).on('error', () => undefined).unref()
}
