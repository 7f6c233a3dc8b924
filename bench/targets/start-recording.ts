import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { end, startOn } from '../started.ts'

export interface Recording {
  count: number
  /** ms since the epoch with fractions, ascending. */
  arrivals: Float64Array
}

export interface RecordingTarget {
  url: string
  pid: number
  /** What arrived since the last call; begins anew. */
  take(): Promise<Recording>
  stop(): Promise<void>
}

/** @param freeze ms of every stall, one each 5 s, the first 2 s after the first request; 0: none. */
export async function startRecordingTarget(core: number, freeze = 0): Promise<RecordingTarget> {
  const script = fileURLToPath(new URL('./recording-target.ts', import.meta.url))
  const child = startOn(core, [process.execPath, script, String(freeze)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    url: `http://127.0.0.1:${port}/`,
    pid: child.pid ?? 0,
    async take() {
      const answer = once(child, 'message')
      child.send('take')
      return ((await answer) as [Recording])[0]
    },
    stop: () => end(child),
  }
}
