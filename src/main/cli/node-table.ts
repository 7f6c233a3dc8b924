import { count, elapsed, latency, percent } from '../../shared/format.ts'
import type { Summary } from '../../shared/results/summary.ts'
import { fit, pad } from './terminal.ts'
import type { Word } from './words.ts'

const NAME_WIDTH = 20

/** One row per node of a run that had several: `w1  50%  2,500 started  cpu 31%  lag 0.4 ms`. */
export function nodeRows({ nodes }: Summary, word: (word: Word) => string): string[] {
  if (nodes.length < 2) return []
  return nodes.map(({ name, share, started, cpuPercent, loopLagMsP99, lostAtMs }) => [
    pad(fit(name, NAME_WIDTH), NAME_WIDTH + 2),
    pad(percent(share), 8),
    pad(`${word('started')} ${count(started)}`, 20),
    lostAtMs === null ? `cpu ${Math.round(cpuPercent)}%  ${word('loopLag')} ${latency(loopLagMsP99)}` : `✕ ${word('lost')} ${elapsed(lostAtMs)}`,
  ].join(''))
}
