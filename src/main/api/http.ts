import { createServer, type Server } from 'node:http'
import { isIP, type AddressInfo } from 'node:net'
import type { Api } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { On } from './event-hub.ts'
import { EventStream } from './event-stream.ts'
import { HttpExchange } from './http-exchange.ts'
import { SignIn } from './sign-in.ts'

export interface HttpOptions {
  api: Api
  on: On
  /** Address to listen on; 127.0.0.1 unless the user says otherwise. */
  host: string
  /** 0: any free one. */
  port: number
  /** Folder of the built console. */
  staticDir: URL
  /** Fixed token, e.g. from the environment; a random one by default. */
  token?: string
  /** Hears of errors that were nobody's intention; clients see only `internal`. */
  onError?: (error: unknown) => void
}

export interface HttpServer {
  /** With the token; the link works once. */
  url: string
  port: number
  /** For `Authorization: Bearer`. */
  token: string
  close(): Promise<void>
}

/** The console and the HTTP API (`cli.md`). Throws AppError `cannot-start` when the port is taken. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const server = createServer()
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  const signIn = new SignIn(port, options.token)
  const events = new EventStream(options.on)
  server.on('request', (request, response) => {
    new HttpExchange({ ...options, signIn, events }, request, response).answer().catch((error: unknown) => {
      options.onError?.(error)
      response.destroy()
    })
  })
  return {
    url: `http://${reachableName(options.host)}:${port}/?token=${signIn.token}`,
    port,
    token: signIn.token,
    close: () => {
      events.close()
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** "Every address" is none that a browser could open. */
function reachableName(host: string): string {
  const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host
  return isIP(address) === 6 ? `[${address}]` : address
}

function listen(server: Server, { host, port }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
    server.listen(port, host, resolve)
  })
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  const cure = { hint: 'Choose another one with --port; --port 0 takes any free one.', cause: error }
  if (error.code === 'EADDRINUSE') return new AppError('cannot-start', `Port ${port} on ${host} is already in use.`, cure)
  if (error.code === 'EACCES') return new AppError('cannot-start', `Port ${port} may not be opened by this user.`, cure)
  return new AppError('cannot-start', `Cannot listen on ${host}:${port}: ${error.message}.`, { hint: '--host takes an address of this machine.', cause: error })
}
