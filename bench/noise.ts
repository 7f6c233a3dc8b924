import { machineTimes, processCpu } from './proc.ts'

/** What else the machine did during a run, in % of one core. */
export interface Noise {
  /** CPU of everything but client, server and this program. Some of the kernel's own work is charged to nobody and shows here. */
  foreignPercent: number
  /** CPU taken by the hypervisor. */
  stealPercent: number
}

/**
 * Above either of these a round says more about the neighbours than about us. Stolen time is charged to no process; it
 * only cools caches, for all contestants of a round alike: hence the wider bound.
 */
const LOUD: Noise = { foreignPercent: 25, stealPercent: 40 }

export function isLoud({ foreignPercent, stealPercent }: Noise): boolean {
  return foreignPercent > LOUD.foreignPercent || stealPercent > LOUD.stealPercent
}

export function louder(a: Noise, b: Noise): Noise {
  return { foreignPercent: Math.max(a.foreignPercent, b.foreignPercent), stealPercent: Math.max(a.stealPercent, b.stealPercent) }
}

export function formatNoise({ foreignPercent, stealPercent }: Noise): string {
  return `foreign ${foreignPercent.toFixed(0)} %, steal ${stealPercent.toFixed(0)} %`
}

/**
 * Begins to watch the machine; the function it answers ends it.
 * @param servers whose CPU is part of the measurement. The answered function takes the client's CPU seconds.
 */
export function watchNoise(servers: readonly number[]): (clientSeconds: number) => Noise {
  const serverCpu = (): number => servers.reduce((sum, pid) => sum + processCpu(pid), 0)
  const before = { at: performance.now(), machine: machineTimes(), servers: serverCpu(), own: process.cpuUsage() }
  return (clientSeconds) => {
    const seconds = (performance.now() - before.at) / 1000
    const now = machineTimes()
    const own = process.cpuUsage(before.own)
    const ours = clientSeconds + (serverCpu() - before.servers) + (own.user + own.system) / 1e6
    return {
      foreignPercent: Math.max(0, ((now.busy - before.machine.busy - ours) / seconds) * 100),
      stealPercent: ((now.steal - before.machine.steal) / seconds) * 100,
    }
  }
}
