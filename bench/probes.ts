import { setTimeout as sleep } from 'node:timers/promises'
import type { Probe } from './measure.ts'
import { processCpu, residentMb } from './proc.ts'

/** A stretch of a run without its start-up and its end. Null when the program ended before it. */
export type Steady = { cpuSeconds: number; seconds: number; requests: number } | null

/**
 * CPU and requests between two instants of a run, seconds after the target saw its first request: what remains when
 * the start-up is left out. Counted from the first request because a busy machine starts programs late.
 * @param requests of the target's own count, so far.
 */
export function steadyBetween(fromSeconds: number, toSeconds: number, requests: () => Promise<number>): Probe<Steady> {
  return async (pid, _launchedAt, ended) => {
    const atRest = await requests()
    while (!ended.aborted && (await requests()) === atRest) await pause(10, ended)
    const first = performance.now()
    const look = async (atSeconds: number): Promise<{ at: number; cpu: number; requests: number }> => {
      await pause(first + atSeconds * 1000 - performance.now(), ended)
      const count = await requests()
      return { at: performance.now(), cpu: valueOr(NaN, () => processCpu(pid)), requests: count }
    }
    const before = await look(fromSeconds)
    const after = await look(toSeconds)
    const found = { cpuSeconds: after.cpu - before.cpu, seconds: (after.at - before.at) / 1000, requests: after.requests - before.requests }
    return ended.aborted || Number.isNaN(found.cpuSeconds) ? null : found
  }
}

/** Resident memory, MB, once a second from the launch. */
export const memoryEachSecond: Probe<number[]> = async (pid, launchedAt, ended) => {
  const found: number[] = []
  for (let second = 1; !ended.aborted; second++) {
    await pause(launchedAt + second * 1000 - Date.now(), ended)
    if (!ended.aborted) found.push(valueOr(NaN, () => residentMb(pid)))
  }
  return found.filter(Number.isFinite)
}

async function pause(ms: number, ended: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: ended }).catch(() => undefined)
}

/** A program may end between two looks at it. */
function valueOr(otherwise: number, read: () => number): number {
  try {
    return read()
  } catch {
    return otherwise
  }
}
