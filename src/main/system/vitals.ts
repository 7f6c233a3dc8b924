import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import type { NodeInfo } from '../../shared/cluster/cluster.ts'
import { LoopLag } from './loop-lag.ts'

export type Vitals = Pick<NodeInfo, 'cpuPercent' | 'memoryPercent' | 'memoryBytes' | 'cores' | 'loopLagMs'>

/** What is asked of `systeminformation`, bytes. Not its CPU load: on Linux that starts a shell and blocks this thread for 10 ms. */
export interface SystemProbe {
  memory: () => Promise<{ active: number; total: number }>
}

/** On Windows and macOS asking for memory starts a program: seldom is enough. */
const MEMORY_EVERY_MS = 5000

/**
 * What a node tells of its machine: CPU over the time since it was last asked, memory that is really taken, and the
 * 99th percentile of this thread's loop delay, sampled finely while the node is busy (default).
 *
 * CPU comes from the kernel's counters. The library, for memory, is loaded only after `detailAfterMs`, so that a run's
 * first request never waits for it; Infinity leaves it out.
 */
export function createVitals({ now = Date.now, detailAfterMs = 3000, probe = loadProbe }: { now?: () => number; detailAfterMs?: number; probe?: () => Promise<SystemProbe> } = {}): {
  read: (isBusy?: boolean) => Promise<Vitals>
  close: () => void
} {
  const bornAt = now()
  const cpu = new CpuCounters()
  const lag = new LoopLag()
  let loaded: Promise<SystemProbe | null> | null = null
  let memory = { ...ownMemory(), at: -Infinity }

  const read = async (isBusy = true): Promise<Vitals> => {
    const loopLagMs = lag.read(isBusy)
    const cpuPercent = cpu.percent()
    if (loaded === null && now() - bornAt >= detailAfterMs) loaded = probe().catch(() => null)
    const detail = await loaded
    if (detail !== null && now() - memory.at >= MEMORY_EVERY_MS) memory = { ...(await detail.memory()), at: now() }
    else if (detail === null) memory = { ...ownMemory(), at: memory.at }
    return {
      cpuPercent,
      memoryPercent: (100 * memory.active) / memory.total,
      memoryBytes: memory.total,
      cores: availableParallelism(),
      loopLagMs,
    }
  }
  return { read, close: () => lag.close() }
}

function ownMemory(): { active: number; total: number } {
  const total = totalmem()
  return { active: total - freemem(), total }
}

/** CPU of the whole machine between two readings, % of all cores. */
class CpuCounters {
  #busy = 0
  #total = 0

  constructor() {
    this.percent()
  }

  percent(): number {
    const times = cpus().map((core) => core.times)
    const total = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0)
    const busy = total - times.reduce((sum, { idle }) => sum + idle, 0)
    const percent = total > this.#total ? (100 * (busy - this.#busy)) / (total - this.#total) : 0
    this.#busy = busy
    this.#total = total
    return percent
  }
}

async function loadProbe(): Promise<SystemProbe> {
  const { default: system } = await import('systeminformation')
  return {
    memory: async () => {
      const { active, total } = await system.mem()
      return { active, total }
    },
  }
}
