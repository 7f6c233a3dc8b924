import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the target does: see `scripted-target-process.ts`. */
export type TargetMode = 'stall' | 'slow' | 'never' | 'busy'

export interface ScriptedTarget {
  url: string
  /** Requests it has received so far. */
  requests(): Promise<number>
  stop(): Promise<void>
}

/** A target in a process of its own, so that its pauses are not the generator's. */
export async function startTarget(mode: TargetMode): Promise<ScriptedTarget> {
  const child = fork(fileURLToPath(new URL('./scripted-target-process.ts', import.meta.url)), [mode])
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}/`,
    requests: async () => ask(child),
    stop: async () => {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function ask(child: ChildProcess): Promise<number> {
  child.send('count')
  const [{ count }] = (await once(child, 'message')) as [{ count: number }]
  return count
}
