import { writeFileSync } from 'node:fs'
import { AppError } from '../../shared/errors.ts'
import { languageOf } from './context.ts'
import type { ExportFormat } from '../../shared/contract/contract.ts'
import { exportFormat } from '../report/export-formats.ts'
import { readRuns } from './run-source.ts'
import type { StoreFlags } from './store.ts'

export interface ReportFlags extends StoreFlags {
  /** File, or - for stdout. */
  out?: string
  format?: string
  baseline?: string
  lang?: string
}

const BY_ENDING: Record<string, ExportFormat> = { html: 'html', htm: 'html', md: 'md', xml: 'junit', csv: 'csv', json: 'json', hgrm: 'hgrm' }

/** `stampede report`: a stored run, or results in a file, as one document. */
export async function report(wanted: string, flags: ReportFlags): Promise<number> {
  const out = flags.out ?? '-'
  const format = flags.format === undefined ? formatOf(out) : exportFormat(flags.format)
  const names = flags.baseline === undefined ? [wanted] : [wanted, flags.baseline]
  const [source, baseline = null] = await readRuns(names, flags)
  if (source === undefined) return 0
  const { exportRun } = await import('../report/exports.ts')
  const text = await exportRun(format, { summary: source.summary, spec: source.spec, baseline, ...(source.run === null ? {} : { tags: source.run.tags }) }, { language: languageOf(flags.lang) })
  if (out === '-') process.stdout.write(text)
  else write(out, text)
  return 0
}

function formatOf(path: string): ExportFormat {
  const format = BY_ENDING[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? 'html']
  if (format !== undefined) return format
  throw new AppError('bad-input', `What form ${path} is to have cannot be told from its name.`, { hint: 'Give --format html, md, junit, csv, json, k6 or hgrm.' })
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new AppError('bad-input', `${path} cannot be written: ${(error as Error).message}.`, { hint: 'Give a path in a folder that exists.', cause: error })
  }
  process.stderr.write(`Wrote ${path}.\n`)
}
