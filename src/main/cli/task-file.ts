import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '../../shared/errors.ts'
import { taskFileSchema } from '../../shared/task/task-file-schema.ts'
import { defaultTaskSpec } from '../../shared/task/task-schema.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import { dataDirOf } from '../config.ts'

/** Task files as they are written for people. */

/** Never over a file. Throws AppError `bad-input`. @param otherName what to do when it is taken. */
export async function writeTaskFile(file: string, text: string, otherName: string): Promise<void> {
  try {
    await writeFile(file, `${await schemaLine()}${text}`, { flag: 'wx' })
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EEXIST'
    throw new AppError('bad-input', taken ? `${file} is already there; nothing was written.` : `Cannot write ${file}: ${String((cause as Error).message)}.`, { hint: otherName, cause })
  }
}

/** A task as YAML, without what is so by default and without variables of the environment that have no value yet. */
export async function taskText(spec: TaskSpec): Promise<string> {
  const { stringify } = await import('yaml')
  const defaults = defaultTaskSpec(spec.request.url)
  const env = Object.fromEntries(Object.entries(spec.env ?? {}).filter(([, value]) => value !== ''))
  const transport = Object.fromEntries(Object.entries(spec.transport).filter(([key, value]) => value !== defaults.transport[key as keyof TaskSpec['transport']]))
  const { request, steps, ...rest } = { ...spec, env, transport }
  const sent = steps === undefined ? { request: withoutEmpty(request) } : { steps: steps.map((step) => ({ ...step, request: withoutEmpty(step.request) })) }
  const { schema, name, load, ...more } = rest
  return stringify({ schema, name, load, ...sent, ...withoutEmpty(more) }, { lineWidth: 0, aliasDuplicateObjects: false, doubleQuotedMinMultiLineLength: Infinity })
}

function withoutEmpty(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value as object).length > 0)))
}

/**
 * The line by which editors complete the file. The schema lies in the data folder: there it is a plain file wherever the
 * product itself is packed into one, and as new as whoever wrote it last. Without a folder to write to there is no line.
 */
async function schemaLine(): Promise<string> {
  const folder = dataDirOf(undefined)
  const path = join(folder, 'task.schema.json')
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(path, `${JSON.stringify(taskFileSchema(), null, 2)}\n`)
    return `# yaml-language-server: $schema=${pathToFileURL(path).href}\n`
  } catch {
    return ''
  }
}
