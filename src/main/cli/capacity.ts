import type { CapacityHold, CapacityView } from '../../shared/results/capacity.ts'
import { parseDuration } from '../../shared/duration.ts'
import { AppError } from '../../shared/errors.ts'
import { latency, percent, rate } from '../../shared/format.ts'
import { translate, type Language } from '../../shared/locales/translate.ts'
import { parseDecimal } from '../../shared/quantity.ts'
import type { App } from '../app.ts'
import { languageOf, type Entries } from './context.ts'
import { EXIT } from './exit-codes.ts'
import type { RunFlags } from './run-flags.ts'
import { withApp } from './run.ts'
import { followSignals } from './signals.ts'
import { readTask } from './task-input.ts'
import { pad, painter } from './terminal.ts'

export interface CapacityFlags extends RunFlags {
  ceiling?: string
  hold: string
}

/** `stampede capacity`: one line per rate on stderr, the answer on stdout. Resolves with the exit code. */
export async function capacity(target: string | undefined, flags: CapacityFlags, entries: Entries): Promise<number> {
  const bounds = boundsOf(flags)
  return withApp(flags, entries, async () => (await readTask(target, flags)).spec, async (app, spec) => {
    const { id } = await app.api['task.create']({ spec })
    const language = languageOf(flags.lang)
    const view = await search(app, id, bounds, (hold) => { if (flags.quiet !== true) process.stderr.write(`${holdLine(hold, language, flags.color)}\n`) })
    process.stdout.write(flags.json === true ? `${JSON.stringify(view)}\n` : `${translate(language, view.sentence)}\n`)
    return exitCodeOf(view)
  })
}

/** Follows a search to its end; the first Ctrl-C ends it in order. */
async function search(app: App, id: string, bounds: { ceiling?: number; holdMs: number }, tell: (hold: CapacityHold) => void): Promise<CapacityView> {
  const { promise, resolve } = Promise.withResolvers<CapacityView>()
  let told = 0
  const off = app.on('capacity:changed', (view) => {
    const judged = view.holds.filter(({ outcome }) => outcome !== null)
    for (const hold of judged.slice(told)) tell(hold)
    told = judged.length
    if (view.status !== 'running') resolve(view)
  })
  const { id: searchId } = await app.api['capacity.start']({ id, ...bounds })
  const signals = followSignals(() => app.api['capacity.stop']({ id: searchId }))
  try {
    return await Promise.race([promise, signals.cut.then(() => { throw new AppError('cannot-start', 'The search could not be told to stop.') })])
  } finally {
    off()
    signals.close()
  }
}

function boundsOf({ ceiling, hold }: CapacityFlags): { ceiling?: number; holdMs: number } {
  const holdMs = parseDuration(hold)
  if (holdMs === null || holdMs < 1000) throw new AppError('bad-input', `--hold: "${hold}" is no time to hold a rate.`, { hint: 'Write at least 1s, e.g. 20s.' })
  if (ceiling === undefined) return { holdMs }
  const highest = parseDecimal(ceiling)
  if (highest === null || highest < 1) throw new AppError('bad-input', `--ceiling: "${ceiling}" is no rate.`, { hint: 'Write iterations per second, e.g. 5000.' })
  return { ceiling: highest, holdMs }
}

const MARKS = { held: '✓', failed: '✕', untrusted: '▲' } as const
const COLORS = { held: 'green', failed: 'red', untrusted: 'yellow' } as const

function holdLine({ rate: perSecond, outcome, p99, errorRate, achievedRate, sentence }: CapacityHold, language: Language, color: boolean): string {
  const paint = painter(process.stderr, color)
  const mark = outcome === null ? ' ' : paint(COLORS[outcome], MARKS[outcome])
  const why = outcome === 'held' || sentence === null ? '' : `  ${translate(language, sentence)}`
  return ` ${mark} ${pad(rate(perSecond), 14)} ${pad(rate(achievedRate), 14)} p99 ${pad(latency(p99), 9)} ${pad(percent(errorRate), 7)}${why}`
}

function exitCodeOf({ status, bounds, holds }: CapacityView): number {
  if (status === 'stopped') return EXIT.interrupted
  if (status === 'failed') return holds.at(-1)?.sentence?.key.startsWith('verdict.no-response') === true ? EXIT.noResponse : EXIT.couldNotStart
  if (bounds.limitedBy === 'generator') return EXIT.notTrustworthy
  return bounds.holds === null ? EXIT.thresholdFailed : EXIT.passed
}
