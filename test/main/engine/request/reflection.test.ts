import http2 from 'node:http2'
import { describe, expect, it } from 'vitest'
import { described } from '../../../../src/main/engine/request/reflection.ts'
import { BYTES, VARINT, WireWriter } from '../../../../src/main/proto/wire.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { requireTaskSpec } from '../../../../src/shared/task/task-schema.ts'
import { closing, portOf } from '../../../support/closing.ts'

/** Servers that describe themselves badly: the task is refused with a reason, and nothing worse happens. */

type Answer = (path: string, question: Buffer) => { status?: string; message?: Buffer; http?: number } | null

async function asked(answer: Answer): Promise<unknown> {
  const server = http2.createServer()
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const said = answer(String(headers[':path']), Buffer.concat(chunks).subarray(5))
      if (said === null) return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
      stream.respond({ ':status': said.http ?? 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': said.status ?? '0' }))
      stream.end(said.message === undefined ? undefined : Buffer.concat([Buffer.from([0]), lengthOf(said.message), said.message]))
    })
  })
  const port = await portOf(server)
  closing({ close: () => (sessions.forEach((session) => session.destroy()), server.close()) })
  return described(requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: `grpc://127.0.0.1:${port}/shop.Cart/Add` } })).catch((error: unknown) => error)
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  return length
}

function wrapped(number: number, ...contents: Buffer[]): Buffer {
  const writer = new WireWriter()
  for (const content of contents) {
    writer.tag(number, BYTES)
    writer.raw(content)
  }
  return writer.take()
}

const files = (...descriptors: Buffer[]): Buffer => wrapped(4, wrapped(1, ...descriptors))
const file = (name: string, ...dependencies: string[]): Buffer => Buffer.concat([wrapped(1, Buffer.from(name)), wrapped(3, ...dependencies.map((one) => Buffer.from(one)))])

describe('a server that is asked what its services are made of', () => {
  it('is asked for every file once, also where they import each other', async () => {
    const questions: string[] = []
    const result = await asked((_path, question) => {
      questions.push(question.toString('latin1').replace(/^[^\w]*\W/, ''))
      if (question[0] === 0x22) return { message: files(file('a.proto', 'b.proto', 'a.proto')) }
      return { message: files(file('b.proto', 'a.proto', 'b.proto')) }
    })
    expect(result).toMatchObject({ request: { descriptor: expect.any(String) } })
    expect(questions).toHaveLength(2)
  })

  it('is asked by the older version of the protocol where it does not know the newer', async () => {
    const paths: string[] = []
    const result = await asked((path) => (paths.push(path), path.includes('v1alpha') ? { message: files(file('a.proto')) } : { status: '12' }))
    expect(result).toMatchObject({ request: { descriptor: expect.any(String) } })
    expect(paths).toEqual(['/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo'])
  })

  let count = 0
  const error = new WireWriter()
  error.tag(1, VARINT)
  error.varint(5)
  error.tag(2, BYTES)
  error.text('no such symbol')
  const unknown = wrapped(7, error.take())
  it.each<[string, Answer, string]>([
    ['has no reflection', () => ({ status: '12' }), 'has no reflection'],
    ['is no server of gRPC', () => ({ http: 404, status: '12' }), 'has no reflection'],
    ['does not know the service', () => ({ message: unknown }), 'knows nothing of shop.Cart: no such symbol'],
    ['says no', () => ({ status: '16' }), '16 UNAUTHENTICATED'],
    ['says bytes', () => ({ message: Buffer.from('ffffffffff', 'hex') }), 'cannot be used'],
    ['says nothing', () => null, 'could not be asked'],
    ['never comes to an end', () => ({ message: files(file(`${++count}.proto`, `${count + 1}.proto`)) }), 'more than 500 files'],
  ])('and %s is told by its reason', async (_, answer, reason) => {
    const refused = await asked(answer)
    expect(refused).toBeInstanceOf(AppError)
    expect((refused as AppError).message).toContain(reason)
  })
})
