import type { NodeNotice } from '../app.ts'
import { EXIT } from './exit-codes.ts'

/** Between two status lines that nothing has caused, ms. */
const STATUS_EVERY_MS = 10_000
/** How soon a change is told, ms. */
const LOOK_EVERY_MS = 250
/** npm passes a terminal's Ctrl-C on to a process that has already had it: so soon after the first it is no second one, ms. */
const ECHO_MS = 250
/** A node takes 10 s at most to leave in order; whatever still hangs then is cut, ms. */
const LEAVING_MS = 12_000

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** What a process that stays has to say of itself. */
export interface Narrator {
  /** What has happened since the last look, one line each. */
  changes(): Promise<string[]>
  /** How it stands now. */
  status(): Promise<string>
}

/**
 * Prints a line for every change, and one per 10 s, until a signal comes; then leaves in order (exit 0). A second signal
 * ends the process at once (exit 130). No line has colours: most of these processes write into a log.
 * @param signalled from {@link firstSignal}, asked for before anything was joined.
 */
export async function stay(narrator: Narrator, signalled: Promise<unknown>, close: () => Promise<void>): Promise<number> {
  let saidAt = performance.now()
  const say = (lines: string[]): void => {
    for (const line of lines) process.stdout.write(`${clock()} ${line}\n`)
    if (lines.length > 0) saidAt = performance.now()
  }
  const look = async (): Promise<void> => {
    say(await narrator.changes())
    if (performance.now() - saidAt >= STATUS_EVERY_MS) say([await narrator.status()])
  }
  const stopLooking = repeat(look, LOOK_EVERY_MS)
  await signalled
  stopLooking()
  process.stdout.write(`${clock()} leaving; once more ends at once\n`)
  return leave(close)
}

/** Something to tell the user now, on stderr. */
export function tell({ level, text }: Pick<NodeNotice, 'level' | 'text'>): void {
  process.stderr.write(`${clock()} ${level === 'info' ? '' : 'warning: '}${text}\n`)
}

/** Resolves with the first one. A second ends the process. */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAt: number | null = null
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt !== null && performance.now() - firstAt >= ECHO_MS) process.exit(EXIT.interrupted)
      firstAt ??= performance.now()
      resolve(signal)
    }
    for (const signal of SIGNALS) process.on(signal, onSignal)
  })
}

/** Closes in order, or is done after the time that leaving may take. Resolves with the exit code. */
export async function leave(close: () => Promise<void>): Promise<number> {
  const late = setTimeout(() => {
    process.stderr.write('Some of it could not be handed over in time.\n')
    process.exit(EXIT.passed)
  }, LEAVING_MS)
  await close()
  clearTimeout(late)
  return EXIT.passed
}

/** One after the other, never two at once; what fails is tried again with the next. */
function repeat(step: () => Promise<void>, everyMs: number): () => void {
  let going = true
  const turn = async (): Promise<void> => {
    await step().catch(() => undefined)
    if (going) timer = setTimeout(() => void turn(), everyMs)
  }
  let timer = setTimeout(() => void turn(), everyMs)
  return () => {
    going = false
    clearTimeout(timer)
  }
}

/** `14:02:07`, local time. */
function clock(): string {
  return new Date().toTimeString().slice(0, 8)
}
