import { readFile, stat } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { IMPORT_FORMATS, type Imported, type ImportInput } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { translate } from '../../shared/locales/translate.ts'
import { didYouMean } from '../../shared/suggest.ts'
import { languageOf } from './context.ts'
import { taskText, writeTaskFile } from './task-file.ts'

export interface ImportFlags {
  output?: string
  server?: string
  select?: string[]
  thinkTime: boolean
  lang?: string
}

/** 32 Mi characters have at most so many bytes. */
const MAX_BYTES = 128 * 1024 * 1024
const MAX_BODY_BYTES = 4 * 1024 * 1024
const FORMATS = [...IMPORT_FORMATS, 'auto'] as const

/** `stampede import`: a task file on standard output or in a file; what was left out on standard error. */
export async function importFile(format: string, source: string, flags: ImportFlags): Promise<number> {
  const input: ImportInput = {
    format: formatOf(format), text: await readSource(source), thinkTime: flags.thinkTime,
    ...(flags.server === undefined ? {} : { server: flags.server }), ...(flags.select === undefined ? {} : { select: flags.select }),
  }
  const { importText } = await import('../imports/import-text.ts')
  const imported = await importText(input, readBody)
  const text = await taskText(imported.spec)
  if (flags.output === undefined) process.stdout.write(text)
  else await writeTaskFile(flags.output, text, 'Give another name with -o.')
  tell(imported, flags)
  return 0
}

function formatOf(format: string): ImportInput['format'] {
  const known = FORMATS.find((one) => one === format.toLowerCase())
  if (known === undefined) throw new AppError('bad-input', `There is no import of ${format}.`, { hint: didYouMean(format, FORMATS) })
  return known
}

async function readSource(source: string): Promise<string> {
  if (source === '-') return decoded(await buffer(process.stdin))
  try {
    const { size } = await stat(source)
    if (size > MAX_BYTES) throw new AppError('bad-input', `${source} is larger than 128 MiB.`, { hint: 'Export a smaller part.' })
    return decoded(await readFile(source))
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    throw new AppError('bad-input', `Cannot read ${source}: ${code === 'ENOENT' ? 'there is no such file' : String(code)}.`, { hint: 'Check the path; - reads standard input.', cause })
  }
}

/** PowerShell's redirections write UTF-16. */
function decoded(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  return bytes[0] === 0xfe && bytes[1] === 0xff ? new TextDecoder('utf-16be').decode(bytes) : new TextDecoder().decode(bytes)
}

/** A file that a target of vegeta names; relative to where the command is given, as vegeta has it. */
async function readBody(path: string): Promise<Uint8Array> {
  const found = await stat(path)
  if (!found.isFile() || found.size > MAX_BODY_BYTES) throw Object.assign(new Error('no file of at most 4 MiB'), { code: found.isFile() ? '> 4 MiB' : 'no file' })
  return readFile(path)
}

function tell({ spec, taken, skipped }: Imported, { output, lang }: ImportFlags): void {
  const language = languageOf(lang)
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const sentences = taken.map((sentence) => translate(language, sentence)).join(', ')
  if (language === 'zh-CN') say(`已导入 ${spec.name}：${sentences}。`)
  else say(`Imported ${spec.name}: ${sentences}.`)
  if (skipped.length > 0) say(language === 'zh-CN' ? '未导入：' : 'Left out:')
  for (const { what, sentence } of skipped) say(`  ${what}: ${translate(language, sentence)}`)
  if (output !== undefined) say(language === 'zh-CN' ? `已写入 ${output}。运行：stampede run ${output}` : `Wrote ${output}. Run it: stampede run ${output}`)
}
