import { readFileSync, readdirSync } from 'node:fs'

/** Linux counts CPU time in 1/100 s towards programs, whatever its own tick. */
const TICKS_PER_SECOND = 100

/** CPU time of the whole machine since it started, seconds. */
export interface MachineTimes {
  /** Everything but idle, waiting for disks, and stolen. */
  busy: number
  /** Taken by the hypervisor for other machines. */
  steal: number
}

/** @param text of /proc/stat. */
export function parseMachineTimes(text: string): MachineTimes {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = text.slice(0, text.indexOf('\n')).trim().split(/\s+/).slice(1).map(Number)
  return { busy: (user + nice + system + irq + softirq) / TICKS_PER_SECOND, steal: steal / TICKS_PER_SECOND }
}

/** User + system seconds of a process with all its threads and of its children that have ended. @param text of /proc/PID/stat; its second field may hold blanks and brackets. */
export function parseProcessCpu(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
}

/** A line such as `VmRSS:   70000 kB` in MB (2^20 bytes); NaN when there is none. @param text of /proc/PID/status. */
export function parseMemory(text: string, field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN) / 1024
}

/** Soft bound of open files. @param text of /proc/PID/limits. */
export function parseOpenFiles(text: string): number {
  const limit = /^Max open files\s+(\S+)/m.exec(text)?.[1]
  return limit === 'unlimited' ? Infinity : Number(limit ?? NaN)
}

export const machineTimes = (): MachineTimes => parseMachineTimes(readFileSync('/proc/stat', 'utf8'))
export const processCpu = (pid: number): number => parseProcessCpu(readFileSync(`/proc/${pid}/stat`, 'utf8'))
export const residentMb = (pid: number): number => parseMemory(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS')
export const openFiles = (): number => parseOpenFiles(readFileSync('/proc/self/limits', 'utf8'))

/** Processes that this one has started and that live; none when it is gone. */
export function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ')).filter((text) => text !== '').map(Number)
  } catch {
    return []
  }
}

/** CPU seconds of a process and of all that live below it. */
export function treeCpu(pid: number): number {
  return processCpu(pid) + childrenOf(pid).reduce((sum, child) => sum + treeCpu(child), 0)
}
