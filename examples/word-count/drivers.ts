import { readFile } from 'node:fs/promises'
import { JobMasterDriver, JobWorkDriver, registerMasterDriver, registerWorkDriver, type Job, type PieceOutcome } from 'stampede'

/** The kind of the jobs, and the name of the drivers. */
export const WORD_COUNT = 'word-count'

/** What a job carries: the files, one piece each. All nodes must be able to read them. */
export interface Payload {
  files: string[]
}

export interface Result {
  words: number
  /** The most frequent ones first. */
  top: [word: string, count: number][]
  /** Files that could not be read, and why. */
  failed: string[]
}

/** Not an object: a word may be `constructor`, and keys that reach for a prototype are refused. */
type Counts = [word: string, count: number][]

/** `slowMs`: how long each file takes at least, to have something to watch. */
export function registerWordCount(slowMs = 0): void {
  registerWorkDriver(WORD_COUNT, (deps) => new JobWorkDriver(deps, { kind: WORD_COUNT, doPiece: (job, piece) => countFile(job, piece, slowMs) }))
  registerMasterDriver(WORD_COUNT, (deps) => new JobMasterDriver(deps, { kind: WORD_COUNT, conclude }))
}

async function countFile(job: Job, piece: number, slowMs: number): Promise<Counts> {
  const { files } = job.payload as Payload
  const [text] = await Promise.all([readFile(files[piece] ?? '', 'utf8'), new Promise((resolve) => setTimeout(resolve, slowMs))])
  const counts = new Map<string, number>()
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
}

function conclude(_: Job, outcomes: readonly PieceOutcome[]): Result {
  const sum = new Map<string, number>()
  for (const outcome of outcomes) {
    if (!outcome.ok) continue
    for (const [word, count] of outcome.value as Counts) sum.set(word, (sum.get(word) ?? 0) + count)
  }
  const sorted = [...sum].sort(([word, count], [other, otherCount]) => otherCount - count || word.localeCompare(other))
  return {
    words: sorted.reduce((all, [, count]) => all + count, 0),
    top: sorted.slice(0, 10),
    failed: outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.why])),
  }
}
