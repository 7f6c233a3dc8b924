import { readFile, stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { MAX_BODY_BYTES } from '../../shared/task/body-schema.ts'
import type { Problem } from '../../shared/errors.ts'
import { withDescriptor } from './proto-files.ts'

/**
 * Files that a request names are read where the command is given, and travel with the task: its nodes need not have them.
 * What is wrong with one is a problem at its place.
 */

type Raw = Record<string, unknown>

/** As curl guesses them. */
const TYPES: Record<string, string> = { '.gif': 'image/gif', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.svg': 'image/svg+xml', '.txt': 'text/plain', '.htm': 'text/html', '.html': 'text/html', '.pdf': 'application/pdf', '.xml': 'application/xml', '.json': 'application/json' }

/** A request as written, with the contents of its files. @param at its path. @param folder that paths in it are relative to. */
export async function withFiles(written: Raw, at: string, folder: string, problems: Problem[]): Promise<Raw> {
  const request = await withDescriptor(written, at, folder, problems)
  const { bodyFile, ...rest } = request
  const { multipart } = rest
  const parts = Array.isArray(multipart) ? { multipart: await Promise.all(multipart.map((part: unknown, i) => partWithFile(part, `${at}.multipart[${i}]`, folder, problems))) } : {}
  if (typeof bodyFile !== 'string') return { ...request, ...parts }
  return { ...rest, ...parts, ...bodyOf(await bytesOf(resolve(folder, bodyFile), `${at}.bodyFile`, problems)) }
}

/** The bytes as text where they are text, so that variables in it count. */
export function bodyOf(bytes: Buffer | null): { body?: string; bodyBase64?: string } {
  if (bytes === null) return {}
  const asText = bytes.toString('utf8')
  return Buffer.from(asText, 'utf8').equals(bytes) ? { body: asText } : { bodyBase64: bytes.toString('base64') }
}

/** Null, and a problem, for what cannot be read or is too large to travel with a task. */
export async function bytesOf(path: string, at: string, problems: Problem[]): Promise<Buffer | null> {
  try {
    const { size } = await stat(path)
    if (size <= MAX_BODY_BYTES) return await readFile(path)
    problems.push({ path: at, message: `${path} has ${(size / 1024 / 1024).toFixed(1)} MiB, and a body has at most 4.`, hint: 'Every request carries its body: send a smaller one.' })
  } catch (cause) {
    problems.push({ path: at, message: `cannot read ${path}: ${reasonOf(cause)}.`, hint: 'Check the path.' })
  }
  return null
}

export function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code
  return code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'no permission' : code === 'EISDIR' ? 'it is a folder' : String(code ?? cause)
}

/** `name=text`, `name=@file;type=image/png;filename=a.png`, `name=<file`, as curl's -F has them. Null: it is no part. */
export async function partOf(written: string, problems: Problem[]): Promise<Raw | null> {
  const [, name, value = ''] = /^([^=]+)=([^]*)$/.exec(written) ?? []
  if (name === undefined) return null
  const quoted = /^"((?:[^"\\]|\\[^])*)"([^]*)$/.exec(value)
  const [content, attributes] = quoted === null ? cut(value) : [quoted[1]!.replace(/\\(["\\])/g, '$1'), quoted[2]!]
  const attribute = (key: string): string | undefined => new RegExp(`;\\s*${key}=(?:"([^"]*)"|([^;]*))`).exec(attributes)?.slice(1).find((one) => one !== undefined)
  const [type, filename] = [attribute('type'), attribute('filename')]
  const given = { ...(type === undefined ? {} : { contentType: type }), ...(filename === undefined ? {} : { filename }) }
  if (quoted !== null || !/^[@<]/.test(content)) return { name, value: content, ...given }
  if (content.startsWith('@')) return partWithFile({ name, file: content.slice(1), ...given }, '--form', process.cwd(), problems)
  const bytes = await bytesOf(resolve(content.slice(1)), '--form', problems)
  return { name, value: bytes?.toString('utf8') ?? '', ...given }
}

function cut(value: string): [content: string, attributes: string] {
  const end = value.indexOf(';')
  return end === -1 ? [value, ''] : [value.slice(0, end), value.slice(end)]
}

async function partWithFile(part: unknown, at: string, folder: string, problems: Problem[]): Promise<Raw> {
  const { file, ...rest } = part as Raw
  if (typeof part !== 'object' || part === null || typeof file !== 'string') return part as Raw
  const bytes = await bytesOf(resolve(folder, file), at === '--form' ? at : `${at}.file`, problems)
  const type = TYPES[extname(file).toLowerCase()]
  return { filename: basename(file), ...(type === undefined ? {} : { contentType: type }), ...rest, base64: bytes?.toString('base64') ?? '' }
}
