import { roundedFigure, statMs } from './figures.ts'
import type { RunEvent, ThresholdResult } from './summary.ts'
import type { TallyTotal } from './tally-total.ts'
import { formatThreshold, judge, parseThreshold, type Threshold, type ThresholdFigures } from '../task/threshold.ts'

interface Watched {
  threshold: Threshold
  expression: string
  failingSinceMs: number | null
}

/** The thresholds of a run, judged each closed second on the whole run so far: since when does one fail? */
export class ThresholdWatch {
  readonly #watched: Watched[]

  /** @param expressions of a parsed task. Throws for one that is no threshold. */
  constructor(expressions: readonly string[], failingSinceMs: readonly (number | null)[] = []) {
    this.#watched = expressions.map((text, i) => watched(text, failingSinceMs[i] ?? null))
  }

  /** Returns what was crossed or recovered. A threshold without a value is left as it was. */
  judge(figures: ThresholdFigures, atMs: number): RunEvent[] {
    const events: RunEvent[] = []
    for (const watched of this.#watched) {
      const { value, unit, ok } = judge(watched.threshold, figures)
      if (value === null || ok === (watched.failingSinceMs === null)) continue
      watched.failingSinceMs = ok ? null : atMs
      events.push({ atMs, kind: ok ? 'threshold-recovered' : 'threshold-crossed', detail: { expression: watched.expression, value: roundedFigure(value, unit), unit } })
    }
    return events
  }

  /** While a run goes on, one that has no value yet is not failing; in the end it is. */
  results(figures: ThresholdFigures, ended: boolean): ThresholdResult[] {
    return this.#watched.map(({ threshold, expression, failingSinceMs }) => {
      const { value, unit, ok } = judge(threshold, figures)
      const holds = ok || (value === null && !ended)
      return { expression, value: roundedFigure(value, unit), unit, ok: holds, failingSinceMs: holds ? null : failingSinceMs }
    })
  }

  /** One was crossed, and has not recovered. */
  get isFailing(): boolean {
    return this.#watched.some(({ failingSinceMs }) => failingSinceMs !== null)
  }

  save(): (number | null)[] {
    return this.#watched.map(({ failingSinceMs }) => failingSinceMs)
  }
}

function watched(text: string, failingSinceMs: number | null): Watched {
  const parsed = parseThreshold(text)
  if (!parsed.ok) throw new Error(`threshold of a parsed task: ${parsed.problem.message}`)
  return { threshold: parsed.threshold, expression: formatThreshold(parsed.threshold), failingSinceMs }
}

/** What thresholds are judged by, unrounded. `rateOfTarget`: null where there is no target. */
export function figuresOf({ counts, checks, times }: TallyTotal, rateOfTarget: number | null): ThresholdFigures {
  const passed = checks.reduce((sum, check) => sum + check.passed, 0)
  const judged = checks.reduce((sum, check) => sum + check.passed + check.failed, 0)
  return {
    responseMs: (stat) => statMs(times.response, stat),
    serviceMs: (stat) => statMs(times.service, stat),
    lagMs: (stat) => statMs(times.lag, stat),
    errorRate: counts.completed === 0 ? null : counts.failed / counts.completed,
    rateOfTarget,
    checksRate: judged === 0 ? null : passed / judged,
  }
}
