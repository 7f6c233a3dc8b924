import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Bench } from '../bench-context.ts'
import { CLI } from '../our-cli.ts'
import { end, startOn } from '../started.ts'

export interface Serve {
  pid: number
  /** Reads all events as an open page does, until the answered function is called. */
  openConsole(): Promise<() => void>
  /** @param spec of the task; parsed by the product. */
  startTask(spec: object): Promise<void>
  stop(): Promise<void>
}

/** `stampede serve` on the client's core. */
export async function startServe({ cores, folder }: Bench): Promise<Serve> {
  const child = startOn(cores.client, [process.execPath, CLI, 'serve', '--port', '0', '--data-dir', folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout! })
  const [line] = (await once(lines, 'line')) as [string]
  lines.close()
  child.stdout!.resume()
  const url = new URL(/http:\S+/.exec(line)?.[0] ?? '')
  const headers = { authorization: `Bearer ${url.searchParams.get('token') ?? ''}`, 'content-type': 'application/json' }

  const call = async (command: string, input: object): Promise<{ id: string }> => {
    const response = await fetch(new URL(`/api/${command}`, url), { method: 'POST', headers, body: JSON.stringify(input) })
    if (!response.ok) throw new Error(`${command}: ${await response.text()}`)
    return (await response.json()) as { id: string }
  }
  return {
    pid: child.pid ?? 0,
    async openConsole() {
      const page = new AbortController()
      const { body } = await fetch(new URL('/api/events', url), { headers, signal: page.signal })
      void drain(body!).catch(() => undefined)
      return () => page.abort()
    },
    async startTask(spec) {
      const { id } = await call('task.create', { spec: { schema: 'stampede.task/1', ...spec } })
      await call('task.start', { id })
    },
    stop: () => end(child),
  }
}

async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader()
  while (!(await reader.read()).done);
}
