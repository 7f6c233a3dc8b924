import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { AppError } from '../../shared/errors.ts'
import type { Language } from '../../shared/locales/translate.ts'
import type { Point, Summary } from '../../shared/summary.ts'
import type { RunFlags } from './run-flags.ts'

const FORMATS = ['json', 'ndjson', 'csv'] as const
type Format = (typeof FORMATS)[number]

/** Where the result goes: stdout in one form, and any number of files. Opened before anything is sent, so that a bad path costs nothing. */
export function openOutputs(flags: RunFlags): { point(point: Point): void; summary(summary: Summary, language: Language, color: boolean): Promise<void> } {
  if (flags.json === true && flags.ndjson === true) throw new AppError('bad-input', '--json and --ndjson exclude each other.', { hint: 'Give one of them; the other can go to a file: -o ndjson=points.ndjson' })
  const files = (flags.out ?? []).map(openFile)
  const lines = files.filter((file) => file.format === 'ndjson')
  return {
    point(point) {
      const line = `${JSON.stringify(point)}\n`
      if (flags.ndjson === true) process.stdout.write(line)
      for (const file of lines) file.stream.write(line)
    },
    async summary(summary, language, color) {
      process.stdout.write(flags.json === true || flags.ndjson === true ? `${JSON.stringify(summary)}\n` : (await import('./summary-view.ts')).renderSummary(summary, language, color))
      await Promise.all(files.map((file) => finish(file, summary)))
    },
  }
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

async function finish({ format, stream }: OutputFile, summary: Summary): Promise<void> {
  if (stream.errored !== null) return
  stream.end(format === 'csv' ? csvOf(summary) : `${JSON.stringify(summary)}\n`)
  await once(stream, 'close')
}

const COLUMNS = ['atMs', 'target', 'planned', 'started', 'completed', 'failed', 'dropped', 'p50', 'p90', 'p95', 'p99', 'max', 'serviceP99', 'lagP99', 'inFlight'] as const satisfies readonly (keyof Point)[]

/** One line per second; empty where nothing was measured. */
function csvOf(summary: Summary): string {
  const rows = summary.points.map((point) => COLUMNS.map((column) => point[column] ?? '').join(','))
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`
}
