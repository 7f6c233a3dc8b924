import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Comparison } from '../../shared/compare/compare.ts'
import { AppError } from '../../shared/errors.ts'
import { EXPORT_FORMATS } from '../../shared/contract/contract.ts'
import type { ExportSource } from '../report/exports.ts'
import type { Language } from '../../shared/locales/translate.ts'
import type { Point } from '../../shared/results/summary.ts'
import type { RunFlags } from './run-flags.ts'

const FORMATS = ['ndjson', ...EXPORT_FORMATS] as const
type Format = (typeof FORMATS)[number]

/** Where the result goes: stdout in one form, and any number of files. Opened before anything is sent, so that a bad path costs nothing. */
export function openOutputs(flags: RunFlags): { point(point: Point): void; summary(source: ExportSource, language: Language, color: boolean): Promise<void> } {
  if (flags.json === true && flags.ndjson === true) throw new AppError('bad-input', '--json and --ndjson exclude each other.', { hint: 'Give one of them; the other can go to a file: -o ndjson=points.ndjson' })
  const files = (flags.out ?? []).map(openFile)
  const lines = files.filter((file) => file.format === 'ndjson')
  return {
    point(point) {
      const line = `${JSON.stringify(point)}\n`
      if (flags.ndjson === true) process.stdout.write(line)
      for (const file of lines) file.stream.write(line)
    },
    async summary(source, language, color) {
      const { summary } = source
      process.stdout.write(flags.json === true || flags.ndjson === true ? `${JSON.stringify(summary)}\n` : (await import('./summary-view.ts')).renderSummary(summary, language, color, await comparisonOf(source)))
      await Promise.all(files.map((file) => finish(file, source, language)))
    },
  }
}

async function comparisonOf({ summary, spec, baseline }: ExportSource): Promise<Comparison | null> {
  return baseline === null ? null : (await import('../../shared/compare/compare.ts')).compareRuns([baseline, { summary, spec }])
}

interface OutputFile {
  format: Format
  path: string
  stream: WriteStream
}

function openFile(output: string): OutputFile {
  const [format = '', ...rest] = output.split('=')
  const path = rest.join('=')
  if (!(FORMATS as readonly string[]).includes(format) || path === '') {
    throw new AppError('bad-input', `--out: "${output}" is no output.`, { hint: `Write format=file with one of ${FORMATS.join(', ')}, e.g. json=result.json.` })
  }
  return { format: format as Format, path, stream: createWriteStream(path).on('error', (error) => { process.stderr.write(`cannot write ${path}: ${error.message}\n`) }) }
}

async function finish({ format, path, stream }: OutputFile, source: ExportSource, language: Language): Promise<void> {
  if (stream.errored !== null) return
  stream.end(await textOf(format, source, language).catch((error: unknown) => complaint(path, error)))
  await once(stream, 'close')
}

async function textOf(format: Format, source: ExportSource, language: Language): Promise<string> {
  if (format === 'ndjson') return `${JSON.stringify(source.summary)}\n`
  const { exportRun } = await import('../report/exports.ts')
  return exportRun(format, source, { language })
}

/** The run is done and its result printed: a file that cannot be made of it is told, and changes nothing. */
function complaint(path: string, error: unknown): string {
  process.stderr.write(`cannot write ${path}: ${error instanceof AppError ? [error.message, error.hint].filter(Boolean).join(' ') : String(error)}\n`)
  return ''
}
