import type { Notice } from '../../shared/contract/contract.ts'
import type { RunView } from '../../shared/results/run.ts'
import { translate, type Language } from '../../shared/locales/translate.ts'
import type { Point } from '../../shared/results/summary.ts'
import { plainLine } from './plain-line.ts'

/** What a run shows on stderr while it goes: a view that redraws in place on a terminal, one plain line per 5 s elsewhere. */
export interface Progress {
  show(view: RunView): void
  point(point: Point): void
  notice(notice: Notice): void
  close(): void
}

/** One line per 5 s, and one for each notice: for logs. */
export function plainProgress(language: Language): Progress {
  let view: RunView | null = null
  return {
    show: (next) => { view = next },
    point(point) {
      if (view !== null && point.atMs % 5000 === 0) process.stderr.write(`${plainLine(view, point)}\n`)
    },
    notice: (notice) => process.stderr.write(`${translate(language, notice.sentence)}\n`),
    close() {},
  }
}
