import type { TaskSpec } from '../../../shared/task/task.ts'
import { decodeMessage } from '../../proto/decode-message.ts'
import { MessageEncoder } from '../../proto/encode-message.ts'
import { MessageError } from '../../proto/message-error.ts'
import type { MessageType } from '../../proto/message-type.ts'
import type { Schema } from '../../proto/schema.ts'
import { WireError } from '../../proto/wire.ts'
import { frameOf } from './grpc-frame.ts'
import { badInput, methodOf } from './grpc-method.ts'
import type { CompiledRequest, RequestSource } from '../lanes/compiled-request.ts'
import type { GrpcCall } from '../lanes/grpc-reader.ts'
import { LaneFailure } from '../lanes/lane-failure.ts'
import { RequestTemplate, markVariables } from './request-template.ts'
import type { ValueSources } from './variables.ts'

const PREFIX_BYTES = 5
const EMPTY = '{}'

/**
 * What a task sends over gRPC. Its message is JSON that becomes bytes: once where it is always the same, else in each
 * iteration, once its variables have their values. Throws AppError `bad-input`, for a message as well that does not fit
 * its type as far as that can be told before data are there.
 */
export function compileGrpc(spec: TaskSpec, sources: ValueSources): CompiledRequest {
  const { schema, method } = methodOf(spec.request)
  const encoder = new MessageEncoder(method.input, schema)
  const text = spec.request.message ?? EMPTY
  const marked = markVariables({ ...withoutMessage(spec.request), body: text }, spec.auth)
  const call: GrpcCall = { streams: method.streamsAnswers, show: (message) => shown(message, method.output, schema) }
  if (marked === null) return { ...frameOf(spec, spec.request.headers), body: parsed(() => bytesOf(text, encoder)), grpc: call }
  const pattern = { ...frameOf(spec, marked.request.headers), body: Buffer.from(marked.request.body ?? '', 'utf8') }
  const source = new GrpcSource(pattern, new RequestTemplate(pattern, marked, sources), encoder)
  const known = marked.variables.every((variable) => variable.kind !== 'step' && (variable.kind !== 'data' || sources.data.has(variable.data)))
  return { ...pattern, body: known ? parsed(() => source.bodyFor(1)) : Buffer.alloc(PREFIX_BYTES), grpc: call, source }
}

/** Headers of one call of a task: for questions about its methods. */
export function metadataOf(spec: TaskSpec, sources: ValueSources): CompiledRequest['headers'] {
  const marked = markVariables(withoutMessage(spec.request), spec.auth)
  if (marked === null) return frameOf(spec, spec.request.headers).headers
  const pattern = { ...frameOf(spec, marked.request.headers), body: null }
  return new RequestTemplate(pattern, marked, sources).headersFor(1)
}

function withoutMessage({ message: _message, ...request }: TaskSpec['request']): TaskSpec['request'] {
  return request
}

/** Says the message of each iteration. */
class GrpcSource implements RequestSource {
  readonly #fixed: CompiledRequest
  readonly #template: RequestTemplate
  readonly #encoder: MessageEncoder

  constructor(fixed: CompiledRequest, template: RequestTemplate, encoder: MessageEncoder) {
    this.#fixed = fixed
    this.#template = template
    this.#encoder = encoder
  }

  /** Throws LaneFailure `other` where the values make no message. */
  requestFor(n: number): CompiledRequest {
    const body = this.payloadFor(n)
    return { ...this.#fixed, headers: this.#template.headersFor(n), body }
  }

  isHead(): boolean {
    return false
  }

  payloadFor(n: number): Buffer {
    try {
      return this.bodyFor(n)
    } catch (error) {
      throw new LaneFailure('other', `the message cannot be made: ${reasonOf(error)}`)
    }
  }

  /** Throws MessageError or SyntaxError. */
  bodyFor(n: number): Buffer {
    return bytesOf(this.#template.bodyFor(n).toString('utf8'), this.#encoder)
  }

  textFor(): string {
    throw new TypeError('gRPC has no messages of HTTP/1.1')
  }
}

/** Behind its prefix: not compressed, and its length. */
function bytesOf(json: string, encoder: MessageEncoder): Buffer {
  const bytes = encoder.encode(JSON.parse(json), PREFIX_BYTES)
  bytes[0] = 0
  bytes.writeUInt32BE(bytes.length - PREFIX_BYTES, 1)
  return bytes
}

function parsed(make: () => Buffer): Buffer {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof MessageError) && !(error instanceof SyntaxError)) throw error
    const place = error instanceof MessageError && error.path !== '' ? `${error.path}: ` : ''
    throw badInput('request.message', `${place}${error instanceof MessageError ? error.message : `The message is no JSON: ${error.message}.`}`, error instanceof MessageError ? error.hint : 'Check the values of its variables.')
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof MessageError && error.path !== '' ? `${error.path}: ${error.message}` : error.message
}

function shown(message: Buffer, type: MessageType, schema: Schema): Buffer {
  try {
    return Buffer.from(JSON.stringify(decodeMessage(message, type, schema)), 'utf8')
  } catch (error) {
    if (error instanceof WireError || error instanceof RangeError) throw new LaneFailure('protocol', `the answer is no ${type.name}: ${error.message}`)
    throw error
  }
}
