import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface CountingTarget {
  /** Without a slash at the end. */
  url: string
  /** Requests got so far. */
  count(): Promise<number>
  stop(): Promise<void>
}

/** Starts `counting-target-process.ts`. */
export async function startCountingTarget(): Promise<CountingTarget> {
  const child = fork(new URL('./counting-target-process.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}`,
    async count() {
      child.send('count')
      const [{ count }] = (await once(child, 'message')) as [{ count: number }]
      return count
    },
    async stop() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
