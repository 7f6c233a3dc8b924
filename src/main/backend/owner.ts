import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/**
 * Which process carries a run, so that another one on the same file can tell a live run from an orphan. A process id
 * alone is not enough: ids are used again. On Linux the kernel's start time of the process settles it; elsewhere a
 * process recorded before the machine was started is dead, and a living one with that id counts as the owner.
 */
export interface Owner {
  pid: number
  /** Start of the process in clock ticks since boot; null where the system does not tell. */
  ticks: number | null
  /** When the process was recorded, ms since the epoch. */
  at: number
}

/** Uncertainty of the machine's start computed from its uptime, ms. */
const BOOT_SLACK_MS = 60_000

export function thisProcess(now: number): Owner {
  return { pid: process.pid, ticks: startTicks(process.pid), at: now }
}

export function isAlive(owner: Owner, now: number): boolean {
  if (!exists(owner.pid)) return false
  const ticks = startTicks(owner.pid)
  if (ticks !== null && owner.ticks !== null) return ticks === owner.ticks
  return owner.at > now - uptime() * 1000 - BOOT_SLACK_MS
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // somebody else's process is a process
  }
}

/** Field 22 of /proc/<pid>/stat, see proc(5); counted from behind the name, which may hold blanks and parentheses. */
function startTicks(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
    return Number.isFinite(ticks) ? ticks : null
  } catch {
    return null
  }
}
