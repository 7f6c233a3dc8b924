import { compareRuns, type ComparableRun } from '../../shared/compare/compare.ts'
import type { Api, ExportFormat, RunReport } from '../../shared/contract/contract.ts'
import type { Run } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import { masked } from '../../shared/task/mask-spec.ts'
import type { ApiParts } from './parts.ts'
import { fileNameOf } from '../../shared/file-name.ts'

type Parts = Pick<ApiParts, 'tasks' | 'live' | 'exportRun'>
type ResultCommand = 'run.report' | 'run.compare' | 'run.setBaseline' | 'run.annotate'

const MEDIA: Record<ExportFormat, [ending: string, type: string]> = {
  html: ['html', 'text/html'], md: ['md', 'text/markdown'], junit: ['xml', 'application/xml'], csv: ['csv', 'text/csv'], json: ['json', 'application/json'], k6: ['json', 'application/json'], hgrm: ['hgrm', 'text/plain'],
}
/** Of one task: more than anybody keeps as baselines. */
const LOOKED_THROUGH = 1000

/** What is made of runs that have ended. */
export function resultCommands(parts: Parts): Pick<Api, ResultCommand> {
  return {
    'run.report': ({ id, format = 'html', language = 'en' }) => report(parts, id, format, language),
    'run.compare': async ({ ids }) => compareRuns(await Promise.all(ids.map(async (id) => (await resultOf(parts, id)).result))),
    'run.setBaseline': async ({ id, on = true }) => masked(await setBaseline(parts, id, on)),
    'run.annotate': async ({ id, ...notes }) => masked(await parts.tasks.annotateRun(id, notes)),
  }
}

async function report(parts: Parts, id: string, format: ExportFormat, language: 'en' | 'zh-CN'): Promise<RunReport> {
  const { run, result } = await resultOf(parts, id)
  const base = run === null ? null : await baselineOf(parts, run)
  const baseline = base === null || base.id === id ? null : (await resultOf(parts, base.id)).result
  const [ending, mediaType] = MEDIA[format]
  const text = await parts.exportRun(format, { ...result, baseline, note: run?.note ?? '', tags: run?.tags ?? {} }, language)
  return { text, mediaType, fileName: `${fileNameOf(result.summary.run.name)}-${id.slice(-8)}.${ending}` }
}

/** The old one first: two baselines of one task would be worse than none for a moment. */
async function setBaseline(parts: Parts, id: string, on: boolean): Promise<Run> {
  const { run } = await resultOf(parts, id)
  if (run === null) throw new AppError('conflict', 'This run is not stored yet.', { hint: 'Try again in a moment.' })
  const former = await parts.tasks.runs({ taskId: run.taskId, baseline: true, limit: LOOKED_THROUGH })
  for (const other of former) if (other.id !== id) await parts.tasks.annotateRun(other.id, { baseline: false })
  return parts.tasks.annotateRun(id, { baseline: on })
}

async function baselineOf({ tasks }: Parts, { taskId }: Run): Promise<Run | null> {
  return (await tasks.runs({ taskId, baseline: true, limit: 1 }))[0] ?? null
}

async function resultOf({ tasks, live }: Parts, id: string): Promise<{ run: Run | null; result: ComparableRun }> {
  const run = (await tasks.run(id)) ?? live.view(id)?.run ?? null
  const summary = (await tasks.summary(id)) ?? live.summary(id)
  if (summary !== null) return { run, result: { summary, spec: run?.spec ?? null } }
  throw new AppError(run === null ? 'not-found' : 'conflict', run === null ? `There is no run ${id}.` : 'This run has no result yet: it is still going.')
}
