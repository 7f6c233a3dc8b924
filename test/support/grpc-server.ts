import { fileURLToPath } from 'node:url'
import { Metadata, Server, ServerCredentials, loadPackageDefinition, status } from '@grpc/grpc-js'
import type { ServiceDefinition, ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { onTestFinished } from 'vitest'
import type { Certificate } from './certificates.ts'

export const SHOP_PROTO = fileURLToPath(new URL('shop.proto', import.meta.url))

interface Item {
  sku: string
  count: number
  size: string
}

export interface GrpcServer {
  /** `grpc://127.0.0.1:port/shop.v1.Cart/`; a method's name follows. */
  url: string
  port: number
  /** Calls by method. */
  calls: Record<string, number>
  /** Messages written in answer to Watch. */
  written: number
  items: Item[]
  metadata: Metadata[]
  /** Calls that the client gave up. */
  cancelled: number
  stop(): Promise<void>
}

export interface GrpcServerOptions {
  reflection?: boolean
  certificate?: Certificate
  /** How many of what it was given are remembered. */
  remembers?: number
  /** Whether a call of Add is let in, by its metadata; all others are answered with UNAUTHENTICATED. */
  lets?: (metadata: Metadata, item: Item) => boolean
}

/** A service of grpc-js, its schema read by proto-loader: nothing of it was written here but what it answers. */
export async function startGrpcServer({ reflection = false, certificate, remembers = 10_000, lets = () => true }: GrpcServerOptions = {}): Promise<GrpcServer> {
  const definition = loadSync(SHOP_PROTO, { keepCase: true, longs: String, enums: String, defaults: true })
  const server = new Server()
  const seen: GrpcServer = { url: '', port: 0, calls: {}, written: 0, items: [], metadata: [], cancelled: 0, stop: () => Promise.resolve() }
  const note = (method: string, { request, metadata }: { request: Item; metadata: Metadata }): number => {
    if (seen.items.length < remembers) {
      seen.items.push(request)
      seen.metadata.push(metadata)
    }
    return (seen.calls[method] = (seen.calls[method] ?? 0) + 1)
  }
  type Unary = (call: ServerUnaryCall<Item, object>, reply: sendUnaryData<object>) => void
  const add: Unary = (call, reply) => {
    if (!lets(call.metadata, call.request)) return reply({ code: status.UNAUTHENTICATED, details: 'not you' })
    const id = note('Add', call)
    const trailers = new Metadata()
    trailers.set('x-id', String(id))
    call.sendMetadata(((head) => (head.set('x-head', 'yes'), head))(new Metadata()))
    reply(null, { id, item: call.request, ok: true }, trailers)
  }
  const watch = (call: ServerWritableStream<Item, object>): void => {
    note('Watch', call)
    call.on('cancelled', () => void seen.cancelled++)
    for (let i = 1; i <= call.request.count; i++) {
      call.write({ id: i, item: call.request, ok: i === call.request.count })
      seen.written++
    }
    call.end()
  }
  const fail: Unary = (call, reply) => {
    note('Fail', call)
    reply({ code: call.request.count, details: call.request.sku })
  }
  const wait: Unary = (call, reply) => {
    note('Wait', call)
    call.on('cancelled', () => void seen.cancelled++)
    setTimeout(() => reply(null, { id: 1, ok: true }), call.request.count)
  }
  const cart = (loadPackageDefinition(definition)['shop'] as unknown as { v1: { Cart: { service: ServiceDefinition } } }).v1.Cart
  server.addService(cart.service, { Add: add, Watch: watch, Fail: fail, Wait: wait, Upload: () => {} })
  if (reflection) new ReflectionService(definition).addToServer(server)
  const credentials = certificate === undefined ? ServerCredentials.createInsecure() : ServerCredentials.createSsl(null, [{ private_key: Buffer.from(certificate.key), cert_chain: Buffer.from(certificate.cert) }])
  seen.port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error === null ? resolve(port) : reject(error))))
  seen.url = `${certificate === undefined ? 'grpc' : 'grpcs'}://127.0.0.1:${seen.port}/shop.v1.Cart/`
  seen.stop = async () => server.forceShutdown()
  return seen
}

/** The same, stopped with its test. */
export async function grpcServer(options?: GrpcServerOptions): Promise<GrpcServer> {
  const server = await startGrpcServer(options)
  onTestFinished(() => server.stop())
  return server
}
