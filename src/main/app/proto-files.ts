import { AppError } from '../../shared/errors.ts'
import { readProtoTexts } from '../proto/read-proto.ts'
import { Schema } from '../proto/schema.ts'

/** What .proto files say of services: for a task, and for whoever chooses among their methods. Throws AppError `bad-input`. */
export async function readProtoFiles(files: readonly { name: string; text: string }[]): Promise<{ descriptor: string; methods: string[] }> {
  const read = await readProtoTexts(files)
  if (!read.ok) throw new AppError('bad-input', read.problem.message, { problems: [read.problem], ...(read.problem.hint === undefined ? {} : { hint: read.problem.hint }) })
  const schema = new Schema(Buffer.from(read.descriptor, 'base64'))
  const methods = schema.services.flatMap((service) => (schema.methodsOf(service) ?? []).filter((name) => !schema.method(service, name).streamsRequests).map((name) => `${service}/${name}`))
  if (methods.length > 0) return { descriptor: read.descriptor, methods }
  throw new AppError('bad-input', 'No service in these files has a method that takes one message.', { hint: 'Choose the file with the service.', problems: [{ path: 'request.proto', message: 'No service in these files has a method that takes one message.', hint: 'Choose the file with the service.' }] })
}
