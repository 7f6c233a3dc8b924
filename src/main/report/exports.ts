import type { ComparableRun } from '../../shared/compare/compare.ts'
import type { Language } from '../../shared/locales/texts.ts'
import type { Summary } from '../../shared/results/summary.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { ReportInput } from './data.ts'
import type { ExportFormat } from '../../shared/contract/contract.ts'

export interface ExportSource {
  summary: Summary
  /** Null where only results are known. */
  spec: TaskSpec | null
  /** What it is measured by; null without. */
  baseline: ComparableRun | null
  note?: string
  tags?: Record<string, string>
}

export interface ExportOptions {
  language: Language
  now?: number
  zone?: string
}

/** A run as one text. Each form is loaded when it is asked for. Throws AppError `bad-input` for a run that lacks what the form needs. */
export async function exportRun(format: ExportFormat, source: ExportSource, options: ExportOptions): Promise<string> {
  const { summary } = source
  switch (format) {
    case 'html': return (await import('./document.ts')).renderReport(await inputOf(source, options))
    case 'md': return (await import('./formats/markdown.ts')).markdownOf(summary, await comparisonOf(source), options.language)
    case 'junit': return (await import('./formats/junit.ts')).junitOf(summary)
    case 'csv': return (await import('./formats/csv.ts')).csvOf(summary)
    case 'json': return `${JSON.stringify(summary)}\n`
    case 'k6': return (await import('./formats/k6.ts')).k6SummaryOf(summary)
    case 'hgrm': return (await import('./formats/hgrm.ts')).hgrmOf(summary)
  }
}

async function inputOf(source: ExportSource, { language, now = Date.now(), zone }: ExportOptions): Promise<ReportInput> {
  const { summary, spec, note = '', tags = spec?.tags ?? {} } = source
  const task = spec === null ? null : await (await import('./texts.ts')).taskTexts(spec)
  return { summary, task, baseline: await comparisonOf(source), note, tags, language, madeAt: now, zone: zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone }
}

async function comparisonOf({ summary, spec, baseline }: ExportSource): Promise<ReportInput['baseline']> {
  return baseline === null ? null : (await import('../../shared/compare/compare.ts')).compareRuns([baseline, { summary, spec }])
}
