import type { Comparison } from '../../shared/compare/compare.ts'
import type { Language } from '../../shared/locales/texts.ts'
import { maskUrl } from '../../shared/task/masking.ts'
import type { ErrorGroup, Point, Summary } from '../../shared/results/summary.ts'
import { packSeconds, unpackSeconds, type PackedSeconds } from './seconds.ts'

/** A run on its way into a report. */
export interface ReportInput {
  summary: Summary
  /** The task as text, secrets masked; null where only its results are known. */
  task: TaskTexts | null
  /** Against the baseline, which is the first of the two runs; null without one. */
  baseline: Comparison | null
  note: string
  tags: Record<string, string>
  language: Language
  /** ms since the epoch. */
  madeAt: number
  /** IANA name, by which times of day are written. */
  zone: string
}

export interface TaskTexts {
  yaml: string
  curl: string | null
  command: string | null
}

/** What stands in the file: all that its pages are made of, in either language. */
export interface ReportData extends Omit<ReportInput, 'summary'> {
  schema: 'stampede.report/1'
  summary: Omit<Summary, 'points'>
  /** What its sentences quote, which is English at its source, in Chinese. */
  quotes: Record<string, string>
  seconds: PackedSeconds
}

/** Groups of errors that are shown with samples, and how much of each: a report is passed on by mail. */
const MOST_GROUPS = 20
const MOST_SAMPLES = 3
const MOST_HEAD = 1024
const MOST_BODY = 1024
/** More nodes, events or problems than anybody reads. */
const MOST_ROWS = 200

export function packReport({ summary, ...rest }: ReportInput, quotes: ReportData['quotes'] = {}): ReportData {
  const { points, errors, run, events, nodes, health, ...figures } = summary
  const short = {
    ...figures,
    run: { ...run, target: maskUrl(run.target) },
    errors: errors.map(shortened),
    events: events.slice(0, MOST_ROWS),
    nodes: nodes.slice(0, MOST_ROWS),
    health: { ...health, problems: health.problems.slice(0, MOST_ROWS) },
  }
  return { ...rest, schema: 'stampede.report/1', summary: short, quotes, seconds: packSeconds(points, errors) }
}

function shortened(group: ErrorGroup, index: number): ErrorGroup {
  const samples = index < MOST_GROUPS ? group.samples.slice(0, MOST_SAMPLES) : []
  return { ...group, samples: samples.map((sample) => ({ ...sample, url: maskUrl(sample.url), head: sample.head.slice(0, MOST_HEAD), body: sample.body.slice(0, MOST_BODY) })) }
}

export function secondsIn({ seconds, summary }: ReportData): Point[] {
  return unpackSeconds(seconds, summary.errors)
}

/** The summary again, as "Download data" gives it. */
export function summaryIn(data: ReportData): Summary {
  return { ...data.summary, points: secondsIn(data) }
}
