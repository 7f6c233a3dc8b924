import type { Run } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import { latency, percent, rate } from '../../shared/format.ts'
import { masked } from '../../shared/task/mask-spec.ts'
import { languageOf } from './context.ts'
import { findRun, shortId, withStore, type StoreFlags } from './store.ts'
import { renderSummary } from './summary-view.ts'

const MARK = { passed: '✓', failed: '✕', 'no-thresholds': '■', 'not-trustworthy': '▲' } as const

/** `stampede history`: the stored runs, newest first; with a run: its summary as it was printed. */
export async function history(id: string | undefined, flags: StoreFlags & { limit: string; lang?: string }): Promise<number> {
  return id === undefined ? list(flags) : show(id, flags)
}

async function list(flags: StoreFlags & { limit: string }): Promise<number> {
  const limit = Number(flags.limit)
  if (!Number.isInteger(limit) || limit < 1) throw new AppError('bad-input', `--limit: "${flags.limit}" is no count.`, { hint: 'Write a whole number from 1.' })
  const runs = (await withStore(flags, (store) => store.runs({ limit }))).map(masked)
  if (flags.json === true) process.stdout.write(`${JSON.stringify(runs)}\n`)
  else if (runs.length === 0) process.stdout.write('No runs yet. Try: stampede demo\n')
  else for (const run of runs) process.stdout.write(`${lineOf(run)}\n`)
  return 0
}

function lineOf(run: Run): string {
  const mark = run.verdict === null ? (run.endedAt === null ? '●' : '■') : MARK[run.verdict]
  const figures = run.headline === null ? run.status : `${rate(run.headline.achievedRate).padStart(14)}  p99 ${latency(run.headline.p99).padStart(8)}  err ${percent(run.headline.errorRate).padStart(6)}`
  return `${mark} ${shortId(run.id)}  ${new Date(run.startedAt).toLocaleString('sv-SE')}  ${figures}  ${run.taskName}${notesOf(run)}`
}

/** What was added to it afterwards. */
function notesOf({ baseline, pinned, note = '', tags }: Run): string {
  const marks = [baseline === true ? '★' : '', pinned === true ? '⚑' : '', ...Object.entries(tags).map(([name, value]) => `${name}=${value}`), note].filter((part) => part !== '')
  return marks.length === 0 ? '' : `  ${marks.join(' ').replace(/\p{Cc}/gu, ' ')}`
}

async function show(id: string, flags: StoreFlags & { lang?: string }): Promise<number> {
  return withStore(flags, async (store) => {
    const run = await findRun(store, id)
    const summary = await store.summary(run.id)
    if (summary === null) throw new AppError('not-found', `Run ${run.id} is ${run.status}; it has no summary yet.`)
    process.stdout.write(flags.json === true ? `${JSON.stringify(summary)}\n` : renderSummary(summary, languageOf(flags.lang), true))
    return 0
  })
}
