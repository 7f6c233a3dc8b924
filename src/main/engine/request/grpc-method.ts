import { AppError } from '../../../shared/errors.ts'
import { didYouMean } from '../../../shared/suggest.ts'
import type { RequestSpec } from '../../../shared/task/task.ts'
import type { Method } from '../../proto/message-type.ts'
import { Schema, SchemaError } from '../../proto/schema.ts'

/** The method that a task calls, and what its messages are made of. Throws AppError `bad-input`. */
export function methodOf({ url, descriptor }: Pick<RequestSpec, 'url' | 'descriptor'>): { schema: Schema; method: Method } {
  if (descriptor === undefined) throw badInput('request.descriptor', 'Nobody has said what the service is made of.', 'Give its .proto file: --proto FILE, or request.proto.')
  const [, service = '', name = ''] = new URL(url).pathname.split('/')
  try {
    const schema = new Schema(Buffer.from(descriptor, 'base64'))
    const method = schema.method(service, name)
    if (method.streamsRequests) throw badInput('request.url', `${service}/${name} takes a stream of messages.`, 'Methods with one message can be called: unary ones, and those that answer with a stream.')
    return { schema, method }
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    if (error.sought === '') throw badInput('request.descriptor', error.message, 'Give the whole .proto file.')
    throw badInput('request.url', error.message, didYouMean(error.sought, [...error.known]))
  }
}

export function badInput(path: string, message: string, hint: string): AppError {
  return new AppError('bad-input', message, { hint, problems: [{ path, message, hint }] })
}
