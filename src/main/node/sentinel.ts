import { SentinelDriver, type SentinelDeps } from './election/sentinel-driver.ts'

export type SentinelOptions = SentinelDeps

export interface RunningSentinel {
  /** Stops watching and leaves the cluster. */
  close(): Promise<void>
}

/** Watches the master of a cluster; neither leads nor carries load. */
export function startSentinel(options: SentinelOptions): RunningSentinel {
  const ending = new AbortController()
  const watching = new SentinelDriver(options).run(ending.signal)
  return {
    async close() {
      ending.abort()
      await watching
    },
  }
}
