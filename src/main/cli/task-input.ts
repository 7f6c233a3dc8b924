import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { AppError, type Problem } from '../../shared/errors.ts'
import { maskProblems } from '../../shared/task/mask-spec.ts'
import { parseTaskSpec } from '../../shared/task/task-schema.ts'
import { TASK_SCHEMA, type TaskSpec } from '../../shared/task/task.ts'
import { authOf } from './auth-flags.ts'
import { withDescriptor } from './proto-files.ts'
import { bodyOf, bytesOf, partOf, reasonOf, withFiles } from './request-files.ts'
import type { RunFlags } from './run-flags.ts'

/**
 * Task file + flags → one canonical TaskSpec. Flags lie over the file; whatever is wrong, wherever it came from, is
 * named by one parser, with the flag's name where a flag brought it.
 */
export async function readTask(target: string | undefined, flags: RunFlags): Promise<{ spec: TaskSpec; warnings: Problem[] }> {
  const raw = await readTarget(target, flags)
  const problems: Problem[] = []
  await readFiles(raw, folderOf(target), problems)
  await overlayRequest(raw, flags, problems)
  raw.auth = await authOf(raw.auth, flags, problems)
  overlayLoad(raw, flags, problems)
  await overlayTransport(raw, flags, problems)
  overlayRest(raw, flags, problems)
  overlayValues(raw, flags, problems)
  await readDataFiles(raw, target, flags, problems)
  const parsed = parseTaskSpec(raw)
  const all = [...problems, ...(parsed.ok ? maskProblems(parsed.value) : parsed.problems.map((problem) => asFlag(problem, flags)))]
  if (all.length > 0 || !parsed.ok) throw new AppError('bad-input', 'Nothing was sent. The task has problems:', { problems: all })
  return { spec: parsed.value, warnings: parsed.warnings }
}

/** A task as text gives it, before the schema has judged it. */
interface RawTask {
  [key: string]: unknown
  load?: unknown
  request?: unknown
  auth?: unknown
  transport?: unknown
}

async function readTarget(target: string | undefined, flags: RunFlags): Promise<RawTask> {
  if (flags.curl !== undefined) return fromCurl(flags.curl, target)
  if (target === undefined) throw new AppError('bad-input', 'What shall be loaded?', { hint: 'Give a URL, a task file, or --curl. Example: stampede run http://localhost:8080/ -r 500 -d 30s' })
  if (target === '-') return parseText(await text(process.stdin), 'standard input')
  if (looksLikeFile(target)) return parseText(await readText(target, '<task>'), target)
  return { schema: TASK_SCHEMA, name: nameOf(target), load: {}, request: { url: target } }
}

async function fromCurl(command: string, target: string | undefined): Promise<RawTask> {
  const { parseCurl } = await import('../imports/curl/curl.ts')
  const imported = parseCurl(command === '-' ? await text(process.stdin) : command)
  for (const { what } of imported.skipped) process.stderr.write(`cURL: left out ${what}\n`)
  const request = target === undefined ? imported.spec.request : { ...imported.spec.request, url: target }
  return { ...imported.spec, load: {}, request }
}

function looksLikeFile(target: string): boolean {
  return /\.(ya?ml|json)$/i.test(target) && !/^[a-z]+:\/\//i.test(target) ? true : existsSync(target) && !target.includes('://')
}

async function readText(path: string, flag: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new AppError('bad-input', `${flag}: cannot read ${path}: ${reasonOf(cause)}.`, { hint: 'Check the path.', cause })
  }
}

async function parseText(content: string, source: string): Promise<RawTask> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(content, { prettyErrors: true, maxAliasCount: 20 } as object)
  const [error] = document.errors
  if (error !== undefined) throw new AppError('bad-input', `${source} is neither YAML nor JSON: ${error.message}`)
  const value: unknown = document.toJS({ maxAliasCount: 20 })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('bad-input', `${source} holds no task.`, { hint: 'A task file starts with `schema: stampede.task/1`; `stampede init` writes one.' })
  }
  return value as RawTask
}

function nameOf(url: string): string {
  try {
    const { host, pathname } = new URL(url.includes('://') ? url : `http://${url}`)
    return `${host}${pathname === '/' ? '' : pathname}`.slice(0, 100)
  } catch {
    return 'task'
  }
}

function overlayLoad(raw: RawTask, flags: RunFlags, problems: Problem[]): void {
  const load = isRecord(raw.load) ? { ...raw.load } : {}
  const givesCourse = flags.rate !== undefined || flags.stage !== undefined
  if (givesCourse) for (const key of ['rate', 'stages', 'duration', 'requests']) delete load[key]
  if (flags.duration !== undefined) delete load['requests']
  if (flags.requests !== undefined) delete load['duration']
  assign(load, {
    rate: flags.rate, connections: flags.connections, duration: flags.duration, requests: flags.requests,
    ramp: flags.ramp, warmup: flags.warmup, arrivals: flags.arrivals, maxInFlight: flags.maxInFlight,
  })
  if (flags.stage !== undefined) load['stages'] = flags.stage.map((stage) => parseStage(stage, problems))
  applyDefaults(load)
  raw.load = load
}

/** Without a rate the load is a closed loop of 10; without an end it lasts 10 s. */
function applyDefaults(load: Record<string, unknown>): void {
  if (load['rate'] === undefined && load['stages'] === undefined) load['connections'] ??= 10
  if (load['stages'] === undefined && load['requests'] === undefined) load['duration'] ??= '10s'
}

function parseStage(stage: string, problems: Problem[]): { duration: string; target: string } {
  const at = stage.lastIndexOf(':')
  if (at < 1) problems.push({ path: '--stage', message: `"${stage}" is no stage.`, hint: 'Write duration:target, e.g. 30s:500.' })
  return { duration: stage.slice(0, Math.max(at, 0)), target: stage.slice(at + 1) }
}

async function overlayRequest(raw: RawTask, flags: RunFlags, problems: Problem[]): Promise<void> {
  const request = isRecord(raw.request) ? { ...raw.request } : {}
  if (flags.header !== undefined) request['headers'] = { ...(isRecord(request['headers']) ? request['headers'] : {}), ...parseHeaders(flags.header, problems) }
  assign(request, { method: flags.method, body: flags.data, send: flags.send, sendHex: flags.sendHex, stream: flags.stream, expect: flags.expect, message: flags.message })
  await overlayProto(request, flags, problems)
  await overlayBody(request, flags, problems)
  if (raw['steps'] === undefined) raw.request = request
  else if (Object.keys(request).length > 0) problems.push(...REQUEST_FLAGS.flatMap(([flag, name]) => (flags[flag] === undefined ? [] : [{ path: name, message: 'This task has steps, each with a request of its own.', hint: 'Write it into the steps of the file.' }])))
}

const REQUEST_FLAGS = [['method', '--method'], ['data', '--data'], ['dataFile', '--data-file'], ['form', '--form'], ['dataUrlencode', '--data-urlencode'], ['header', '--header'], ['send', '--send'], ['sendHex', '--send-hex'], ['stream', '--stream'], ['expect', '--expect'], ['message', '--message'], ['proto', '--proto']] as const satisfies [keyof RunFlags, string][]

async function overlayProto(request: Record<string, unknown>, { proto, protoPath }: RunFlags, problems: Problem[]): Promise<void> {
  if (proto === undefined) return void (protoPath !== undefined && problems.push({ path: '--proto-path', message: 'There is no .proto file that could import anything.', hint: 'Give it: --proto FILE.' }))
  delete request['descriptor']
  Object.assign(request, await withDescriptor({ proto, protoPath }, '--proto', process.cwd(), problems))
}

/** A body by flag takes the place of the file's. */
async function overlayBody(request: Record<string, unknown>, flags: RunFlags, problems: Problem[]): Promise<void> {
  const given = [flags.data, flags.dataFile, flags.form, flags.dataUrlencode].some((flag) => flag !== undefined)
  if (!given) return
  for (const name of BODIES) delete request[name]
  assign(request, { body: flags.data })
  if (flags.dataFile !== undefined) Object.assign(request, bodyOf(await bytesOf(flags.dataFile, '--data-file', problems)))
  if (flags.dataUrlencode !== undefined) request['form'] = parseFields(flags.dataUrlencode, problems)
  if (flags.form !== undefined) request['multipart'] = await parseParts(flags.form, problems)
}

const BODIES = ['body', 'bodyBase64', 'bodyFile', 'form', 'multipart']

async function parseParts(written: string[], problems: Problem[]): Promise<unknown[]> {
  const parts = await Promise.all(written.map(async (part) => ({ part, read: await partOf(part, problems) })))
  for (const { part, read } of parts) if (read === null) problems.push({ path: '--form', message: `"${part.slice(0, 60)}" is no part of a form.`, hint: 'Write name=text, or name=@file.' })
  return parts.flatMap(({ read }) => (read === null ? [] : [read]))
}

function parseFields(written: string[], problems: Problem[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {}
  for (const pair of written) {
    const [, name, value = ''] = /^([^=]+)=([^]*)$/.exec(pair) ?? []
    if (name === undefined) problems.push({ path: '--data-urlencode', message: `"${pair.slice(0, 60)}" is no field of a form.`, hint: 'Write name=value.' })
    else fields[name] = fields[name] === undefined ? value : [fields[name], value].flat()
  }
  return fields
}

/** Files that the requests of a task file name. */
async function readFiles(raw: RawTask, folder: string, problems: Problem[]): Promise<void> {
  if (isRecord(raw.request)) raw.request = await withFiles(raw.request, 'request', folder, problems)
  const { steps } = raw
  if (Array.isArray(steps)) raw['steps'] = await Promise.all(steps.map(async (step: unknown, i) => (isRecord(step) && isRecord(step['request']) ? { ...step, request: await withFiles(step['request'], `steps[${i}].request`, folder, problems) } : step)))
}

/** Paths in a task file are relative to it. */
function folderOf(target: string | undefined): string {
  return target !== undefined && target !== '-' && looksLikeFile(target) ? dirname(resolve(target)) : process.cwd()
}

function parseHeaders(lines: string[], problems: Problem[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    if (at < 1) {
      problems.push({ path: '--header', message: `"${line}" is no header.`, hint: 'Write Name: value.' })
      continue
    }
    const [name, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return headers
}

async function overlayTransport(raw: RawTask, flags: RunFlags, problems: Problem[]): Promise<void> {
  const transport = isRecord(raw.transport) ? { ...raw.transport } : {}
  if (flags.http1 === true && flags.http2 === true) problems.push({ path: '--http2', message: '--http1 and --http2 exclude each other.', hint: 'Give one of them.' })
  assign(transport, { timeout: flags.timeout, insecure: flags.insecure, follow: flags.follow, proxy: flags.proxy, sni: flags.sni, resolve: flags.resolve, connectTo: flags.connectTo })
  if (flags.http2 === true) transport['protocol'] = 'http2'
  if (flags.http1 === true) transport['protocol'] = 'http1'
  if (!flags.keepalive) transport['keepAlive'] = false
  for (const name of ['cert', 'key', 'cacert'] as const) {
    const path = flags[name]
    if (path !== undefined) transport[name] = await readText(path, `--${name}`)
  }
  raw.transport = transport
}

function overlayRest(raw: RawTask, flags: RunFlags, problems: Problem[]): void {
  assign(raw, { name: flags.name, checks: flags.check, thresholds: flags.threshold, abortOnFail: flags.abortOnFail })
  if (flags.tag !== undefined) raw['tags'] = parsePairs(flags.tag, '--tag', 'tag', problems)
}

/** Variables by flag lie over those of the file; the environment is read here and nowhere else, for what the request uses of it. */
function overlayValues(raw: RawTask, flags: RunFlags, problems: Problem[]): void {
  if (flags.var !== undefined) raw['vars'] = { ...(isRecord(raw['vars']) ? raw['vars'] : {}), ...parsePairs(flags.var, '--var', 'variable', problems) }
  const names = new Set([...JSON.stringify([raw.request, raw['steps'], raw.auth]).matchAll(/\{\{\s*env\.([A-Za-z_]\w*)\s*\}\}/g)].map(([, name]) => name!))
  const env = Object.fromEntries([...names].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
  if (Object.keys(env).length > 0) raw['env'] = { ...env, ...(isRecord(raw['env']) ? raw['env'] : {}) }
}

/** Paths in a task file are relative to it, those of flags to where the command is given. */
async function readDataFiles(raw: RawTask, target: string | undefined, flags: RunFlags, problems: Problem[]): Promise<void> {
  const written = isRecord(raw['data']) ? raw['data'] : {}
  if (Object.keys(written).length === 0 && flags.csv === undefined) return
  const { readData } = await import('../data/read-data.ts')
  const folder = folderOf(target)
  const flagged = Object.fromEntries((flags.csv ?? []).map((given) => {
    const [, name, path = given] = /^([A-Za-z_][\w-]*)=(.*)$/.exec(given) ?? []
    return [name ?? basename(path).replace(/\.[^.]*$/, ''), { csv: path, mode: flags.csvMode ?? 'sequential' }]
  }))
  raw['data'] = { ...(await readData(written, folder, problems)), ...(await readData(flagged, process.cwd(), problems)) }
}

function parsePairs(pairs: string[], flag: string, what: string, problems: Problem[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) problems.push({ path: flag, message: `"${pair}" is no ${what}.`, hint: 'Write key=value.' })
    else values[pair.slice(0, at)] = pair.slice(at + 1)
  }
  return values
}

function assign(into: Record<string, unknown>, values: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(values)) if (value !== undefined) into[key] = value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const FLAG_OF_PATH: [prefix: string, flag: keyof RunFlags, name: string][] = [
  ['load.rate', 'rate', '--rate'],
  ['load.connections', 'connections', '--connections'],
  ['load.duration', 'duration', '--duration'],
  ['load.requests', 'requests', '--requests'],
  ['load.stages', 'stage', '--stage'],
  ['load.ramp', 'ramp', '--ramp'],
  ['load.warmup', 'warmup', '--warmup'],
  ['load.arrivals', 'arrivals', '--arrivals'],
  ['load.maxInFlight', 'maxInFlight', '--max-in-flight'],
  ['request.method', 'method', '--method'],
  ['request.headers', 'header', '--header'],
  ['request.body', 'data', '--data'],
  ['request.sendHex', 'sendHex', '--send-hex'],
  ['request.multipart', 'form', '--form'],
  ['request.form', 'dataUrlencode', '--data-urlencode'],
  ['request.send', 'send', '--send'],
  ['request.stream', 'stream', '--stream'],
  ['request.expect', 'expect', '--expect'],
  ['request.message', 'message', '--message'],
  ['request.proto', 'proto', '--proto'],
  ['transport.timeout', 'timeout', '--timeout'],
  ['transport.proxy', 'proxy', '--proxy'],
  ['transport.cert', 'cert', '--cert'],
  ['transport.key', 'key', '--key'],
  ['transport.cacert', 'cacert', '--cacert'],
  ['transport.sni', 'sni', '--sni'],
  ['transport.resolve', 'resolve', '--resolve'],
  ['transport.connectTo', 'connectTo', '--connect-to'],
  ['auth.type', 'auth', '--auth'],
  ['auth.username', 'user', '--user'],
  ['auth.clientId', 'user', '--user'],
  ['auth.tokenUrl', 'tokenUrl', '--token-url'],
  ['auth.name', 'authName', '--auth-name'],
  ['auth.in', 'authIn', '--auth-in'],
  ['auth.credentialsIn', 'credentialsIn', '--credentials-in'],
  ['vars', 'var', '--var'],
  ['checks', 'check', '--check'],
  ['thresholds', 'threshold', '--threshold'],
  ['tags', 'tag', '--tag'],
  ['name', 'name', '--name'],
]

/** `load.rate` is `--rate` for whoever typed it. */
function asFlag(problem: Problem, flags: RunFlags): Problem {
  const row = FLAG_OF_PATH.find(([prefix, flag]) => problem.path.startsWith(prefix) && flags[flag] !== undefined)
  return row === undefined ? problem : { ...problem, path: row[2] }
}
