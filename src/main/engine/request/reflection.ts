import { parseDuration } from '../../../shared/duration.ts'
import { AppError } from '../../../shared/errors.ts'
import { protocolOf } from '../../../shared/task/protocol.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import { readFields } from '../../proto/schema.ts'
import { BYTES, WireError, WireWriter } from '../../proto/wire.ts'
import { hostOf } from '../destination.ts'
import { frameOf } from './grpc-frame.ts'
import { metadataOf } from './grpc-template.ts'
import type { CompiledRequest } from '../lanes/compiled-request.ts'
import { exchangeOnce } from '../single-exchange.ts'
import type { ValueSources } from './variables.ts'

/**
 * Server reflection (github.com/grpc/grpc, doc/server-reflection.md): a server says itself what its services are made
 * of. Each question is a call of its own, one message there and one back, over the lane that the run will use.
 */

const VERSIONS = ['grpc.reflection.v1', 'grpc.reflection.v1alpha']
/** Fields of a ServerReflectionRequest. */
const FILE_BY_FILENAME = 3
const FILE_CONTAINING_SYMBOL = 4
/** Statuses of gRPC. */
const OK = 0
const UNIMPLEMENTED = 12
const MOST_FILES = 500
const MOST_BYTES = 16 * 1024 * 1024
const LONGEST_MS = 5_000
const CURE = 'Give its .proto file: --proto FILE, or request.proto.'

/** A task with all that is needed to send it: for gRPC without a descriptor the server is asked. Rejects with AppError. */
export async function described(spec: TaskSpec, token?: string): Promise<TaskSpec> {
  if (protocolOf(spec.request.url) !== 'grpc' || spec.request.descriptor !== undefined) return spec
  const asked = { spec, headers: metadataOf(spec, await sourcesOf(spec, token)) }
  const descriptor = await reflect(asked)
  return { ...spec, request: { ...spec.request, descriptor: descriptor.toString('base64') } }
}

/** Whom to ask, and with what metadata: services may want to know who asks. */
interface Asked {
  spec: TaskSpec
  headers: CompiledRequest['headers']
}

async function sourcesOf({ vars = {}, env = {}, auth, ...spec }: TaskSpec, token: string | undefined): Promise<ValueSources> {
  const fetched = token ?? (auth?.type === 'oauth2' ? (await (await import('./access-token.ts')).fetchToken({ vars, env, auth, ...spec }, auth)).text : '')
  return { vars, env, seed: 0, data: new Map(), token: () => fetched }
}

/** The FileDescriptorSet of the service that a task calls. */
async function reflect(asked: Asked): Promise<Buffer> {
  const { spec } = asked
  const service = new URL(spec.request.url).pathname.split('/')[1] ?? ''
  for (const version of VERSIONS) {
    const first = await ask(asked, version, FILE_CONTAINING_SYMBOL, service)
    if (first !== null) return collect(asked, version, first)
  }
  throw new AppError('bad-input', `${placeOf(spec)} does not say what its services are made of (it has no reflection).`, { hint: CURE, problems: [{ path: 'request.descriptor', message: 'The server has no reflection.', hint: CURE }] })
}

/** The files of a service and all that they are made of. */
async function collect(asked: Asked, version: string, first: Buffer[]): Promise<Buffer> {
  const files = new Map<string, Buffer>()
  const wanted = new Set<string>()
  const take = (answer: Buffer[]): void => {
    for (const bytes of answer) {
      const { name, dependencies } = fileOf(bytes)
      files.set(name, bytes)
      for (const dependency of dependencies) wanted.add(dependency)
    }
  }
  take(first)
  for (const name of wanted) {
    if (files.has(name)) continue
    if (wanted.size > MOST_FILES || [...files.values()].reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) throw unusable(asked.spec, 'it describes more than 500 files or 16 MiB')
    take((await ask(asked, version, FILE_BY_FILENAME, name)) ?? [])
  }
  const writer = new WireWriter()
  for (const bytes of files.values()) {
    writer.tag(1, BYTES)
    writer.raw(bytes)
  }
  return writer.take()
}

/** Null: the server does not know this version. */
async function ask({ spec, headers }: Asked, version: string, field: number, text: string): Promise<Buffer[] | null> {
  const writer = new WireWriter()
  writer.tag(field, BYTES)
  writer.text(text)
  const timeoutMs = Math.min(parseDuration(spec.transport.timeout) ?? LONGEST_MS, LONGEST_MS)
  const outcome = await exchangeOnce('grpc', callOf({ spec, headers }, version, writer), { timeoutMs, keepAlive: false, maxBodyBytes: MOST_BYTES })
  if (!outcome.ok) throw new AppError('cannot-start', `${placeOf(spec)} could not be asked what its services are made of: ${outcome.error.message}.`, { hint: `Is it running? ${CURE}` })
  const { grpc, body } = outcome.answer
  if (grpc?.code === UNIMPLEMENTED) return null
  if (grpc?.code !== OK || body === null) throw unusable(spec, grpc?.text ?? 'it gave no answer')
  return filesIn(spec, body)
}

function callOf({ spec, headers }: Asked, version: string, message: WireWriter): CompiledRequest {
  const body = message.take(5)
  body[0] = 0
  body.writeUInt32BE(body.length - 5, 1)
  return { ...frameOf(spec, {}), headers, path: `/${version}.ServerReflection/ServerReflectionInfo`, body, grpc: { streams: true, show: (bytes) => bytes } }
}

/** A ServerReflectionResponse: files (field 4), or what is wrong (field 7). */
function filesIn(spec: TaskSpec, response: Buffer): Buffer[] {
  const files: Buffer[] = []
  let wrong: string | null = null
  try {
    readFields(response, {
      4: (reader) => readFields(reader.bytes(), { 1: (inner) => files.push(inner.bytes()) }),
      7: (reader) => readFields(reader.bytes(), { 2: (inner) => (wrong = inner.text()) }),
    })
  } catch (error) {
    throw error instanceof WireError ? unusable(spec, error.message) : error
  }
  if (wrong !== null) throw new AppError('bad-input', `${placeOf(spec)} knows nothing of ${new URL(spec.request.url).pathname.split('/')[1]}: ${String(wrong).slice(0, 200)}.`, { hint: 'Check the package and the service in the URL.', problems: [{ path: 'request.url', message: String(wrong).slice(0, 200) }] })
  return files
}

function fileOf(bytes: Buffer): { name: string; dependencies: string[] } {
  let name = ''
  const dependencies: string[] = []
  try {
    readFields(bytes, { 1: (reader) => (name = reader.text()), 3: (reader) => dependencies.push(reader.text()) })
  } catch {
    // What it is made of will say so.
  }
  return { name, dependencies }
}

function unusable(spec: TaskSpec, why: string): AppError {
  return new AppError('cannot-start', `What ${placeOf(spec)} says of its services cannot be used: ${why}.`, { hint: CURE })
}

function placeOf({ request }: TaskSpec): string {
  const url = new URL(request.url)
  return `${hostOf(url)}:${url.port === '' ? 443 : url.port}`
}
