import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'

/** Everything that the benchmarks have started and that still lives, each the leader of a process group of its own. */
const started = new Set<ChildProcess>()

/** Starts a program on one core. Ended with us, however we end. */
export function startOn(core: number, argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn('taskset', ['-c', String(core), ...argv], { ...options, detached: true })
  started.add(child)
  child.once('exit', () => started.delete(child))
  return child
}

/** Ends one of them with all that it started, and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  endGroup(child, signal)
  const impatience = setTimeout(() => endGroup(child, 'SIGKILL'), 5000)
  await gone
  clearTimeout(impatience)
}

/** Nothing of ours outlives us: also on Ctrl-C and on a crash. */
export function endAllAtExit(): void {
  process.once('exit', () => started.forEach((child) => endGroup(child, 'SIGKILL')))
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}

export function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // Gone in between.
  }
}
