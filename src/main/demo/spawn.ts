import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../shared/errors.ts'

export interface DemoTarget {
  url: string
  close(): void
}

/**
 * Starts the demo target in a process of its own, so that it takes no time from the generator's threads.
 * @param cli the command line's entry (`cli.js`); the hidden command `demo-target` serves it.
 * The child lives on its stdin: when this process dies, however it dies, the pipe closes and the child ends.
 */
export async function startDemoTarget(cli: URL): Promise<DemoTarget> {
  const child = spawn(process.execPath, [fileURLToPath(cli), 'demo-target'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  })
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new AppError('cannot-start', `The demo target ended at once (exit ${code ?? 'by signal'}).`)))
  })
  child.unref()
  child.stdout.destroy()
  return { url: `http://127.0.0.1:${port}/demo`, close: () => child.kill() }
}
