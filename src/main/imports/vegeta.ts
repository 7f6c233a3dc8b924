import { assemble } from './assemble.ts'
import { record, text } from './foreign.ts'
import { ImportHeaders } from './import-headers.ts'
import { ImportNotes, refusal, shorten } from './import-notes.ts'
import { literally } from './literal.ts'
import { Selection } from './selection.ts'
import type { FoundRequest } from './assemble.ts'
import type { Found, ImportOptions } from './import-options.ts'
import type { RequestSpec } from '../../shared/task/task.ts'

/**
 * Targets of vegeta, in its http and its JSON format (`vegeta attack -format`). vegeta sends one target after the other;
 * here each iteration draws one, the more often a target is listed the more often.
 */

const MAX_TARGETS = 100_000
const METHOD_LINE = /^([A-Z]+)\s+(https?:\/\/\S+)\s*$/
const MAX_BODY_BYTES = 4 * 1024 * 1024

interface Target {
  method: string
  url: string
  headers: [name: string, value: string][]
  bodyBase64: string
  /** A file that the body is to be read from. */
  file: string | null
}

/** Whether a text begins as vegeta's http format does. */
export function isVegetaTargets(content: string): boolean {
  const first = content.slice(0, 65_536).replace(/^\ufeff/, '').split('\n').map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('#'))
  return first !== undefined && METHOD_LINE.test(first)
}

/** Throws AppError `bad-input`. */
export async function parseVegeta(content: string, options: ImportOptions): Promise<Found> {
  const lines = content.replace(/^\ufeff/, '').split(/\r?\n/)
  const targets = lines.find((line) => line.trim() !== '')?.trim().startsWith('{') === true ? jsonTargets(lines) : httpTargets(lines)
  if (targets.length > MAX_TARGETS) throw refusal(`There are more than ${MAX_TARGETS.toLocaleString('en')} targets.`, 'Put what differs among them into data: {{users.id}}.')
  const notes = new ImportNotes()
  const selection = new Selection(options.select)
  const known = targets.map((target) => ({ ...target, url: target.url.replace(/[?#].*$/s, ''), path: URL.parse(target.url)?.pathname ?? target.url, name: `${target.method} ${URL.parse(target.url)?.pathname ?? target.url}` }))
  const isKept = known.map((one) => told(selection.takes(one), one.name, notes))
  const kept = targets.filter((_, index) => isKept[index])
  selection.mustHaveHit(known)
  const found: FoundRequest[] = []
  for (const [target, weight] of counted(kept)) {
    const request = await requestOf(target, options, notes)
    if (request !== null) found.push({ name: `${target.method} ${URL.parse(target.url)?.pathname ?? target.url}`, request, ...(weight === 1 ? {} : { weight }) })
  }
  return { spec: assemble(found, { stepOrder: 'weighted' }, notes), notes, requests: known.map(({ name }) => name), chosen: known.filter((_, index) => isKept[index]).map(({ name }) => name) }
}

function told(isKept: boolean, name: string, notes: ImportNotes): boolean {
  if (!isKept) notes.skip(name, 'not-selected')
  return isKept
}

/** `METHOD URL`, then lines of headers and one `@file`, until a blank line or the next target. */
function httpTargets(lines: readonly string[]): Target[] {
  const targets: Target[] = []
  let target: Target | null = null
  lines.forEach((raw, index) => {
    const line = raw.trim()
    const head = METHOD_LINE.exec(line)
    if (line.startsWith('#')) return
    if (line === '') target = null
    else if (head !== null) targets.push((target = { method: head[1] ?? '', url: head[2] ?? '', headers: [], bodyBase64: '', file: null }))
    else if (target === null) throw refusal(`Line ${index + 1} begins no target: ${shorten(line)}`, 'Write for example GET https://api.example.com/orders.')
    else if (line.startsWith('@')) target.file = line.slice(1).trim()
    else target.headers.push(headerOf(line, index))
  })
  return targets
}

function headerOf(line: string, index: number): [string, string] {
  const at = line.indexOf(':')
  if (at < 1) throw refusal(`Line ${index + 1} is no header: ${shorten(line)}`, 'Write Name: value.')
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

/** One object per line: method, url, header, body (base64). */
function jsonTargets(lines: readonly string[]): Target[] {
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [jsonTarget(line, index)]))
}

function jsonTarget(line: string, index: number): Target {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw refusal(`Line ${index + 1} is no JSON object. ${(error as Error).message.slice(0, 100)}`, 'Targets in JSON stand one in a line.')
  }
  const { method, url, body, header } = record(value)
  if (typeof method !== 'string' || typeof url !== 'string') throw refusal(`Line ${index + 1} has no method, or no url.`, 'Write for example {"method":"GET","url":"https://api.example.com/"}.')
  const headers = Object.entries(record(header)).flatMap(([name, values]) => [values].flat().map((one): [string, string] => [name, text(one) ?? '']))
  return { method, url, headers, bodyBase64: text(body) ?? '', file: null }
}

/** Equal targets once, with how often they are listed. */
function counted(targets: readonly Target[]): [Target, number][] {
  const counts = new Map<string, [Target, number]>()
  for (const target of targets) {
    const key = JSON.stringify(target)
    const before = counts.get(key)
    if (before === undefined) counts.set(key, [target, 1])
    else before[1] += 1
  }
  return [...counts.values()]
}

async function requestOf({ method, url, headers, bodyBase64, file }: Target, options: ImportOptions, notes: ImportNotes): Promise<RequestSpec | null> {
  const written = new ImportHeaders(notes)
  for (const [name, value] of headers) written.offerIfSound(name, literally(value))
  const at = options.server === undefined ? url : `${options.server.replace(/\/+$/, '')}${url.replace(/^https?:\/\/[^/?#]*/, '')}`
  const body = file === null ? fromBase64(bodyBase64) : await fromFile(file, options, notes)
  return body === null ? null : { method: method.toUpperCase(), url: literally(at), headers: written.toRecord(), ...body }
}

/** Text where the bytes are text, so that it can be read and changed. */
function fromBase64(base64: string): Pick<RequestSpec, 'body' | 'bodyBase64'> {
  return base64 === '' ? {} : fromBytes(Buffer.from(base64, 'base64'))
}

function fromBytes(bytes: Buffer): Pick<RequestSpec, 'body' | 'bodyBase64'> {
  const asText = bytes.toString('utf8')
  return Buffer.from(asText, 'utf8').equals(bytes) ? { body: literally(asText) } : { bodyBase64: bytes.toString('base64') }
}

/** Null: the body cannot be had, and without it it would be another request. */
async function fromFile(file: string, { readFile }: ImportOptions, notes: ImportNotes): Promise<Pick<RequestSpec, 'body' | 'bodyBase64'> | null> {
  const bytes = await readFile?.(file).catch((error: unknown) => String((error as NodeJS.ErrnoException).code ?? error))
  if (bytes === undefined) notes.skip(`@${file}`, 'body-file')
  else if (typeof bytes === 'string') notes.skip(`@${file}`, 'unreadable', { why: bytes })
  else if (bytes.length > MAX_BODY_BYTES) notes.skip(`@${file}`, 'unreadable', { why: '> 4 MiB' })
  else return fromBytes(Buffer.from(bytes))
  return null
}
