import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Api } from '../../shared/contract/contract.ts'
import { AppError, type AppErrorCode } from '../../shared/errors.ts'
import { dispatch } from '../../shared/contract/rpc.ts'
import type { EventStream } from './event-stream.ts'
import { readJson } from './json-body.ts'
import { prometheusText } from './metrics.ts'
import type { SignIn } from './sign-in.ts'
import { sendFile } from './static-files.ts'

/** What every exchange of one server shares. */
interface ServerParts {
  api: Api
  host: string
  staticDir: URL
  signIn: SignIn
  events: EventStream
  onError?: (error: unknown) => void
}

const STATUS: Record<AppErrorCode, number> = {
  'bad-input': 400,
  unauthorized: 401,
  'target-not-allowed': 403,
  'not-found': 404,
  conflict: 409,
  fenced: 409,
  internal: 500,
  'cannot-start': 503,
  'store-unavailable': 503,
}

/** Commands that bring whole files: 32 Mi characters, and a run with its points. */
const MOST_BYTES = new Map([['import.parse', 2 ** 26], ['run.import', 2 ** 28], ['proto.read', 2 ** 25]])

/** One request and its answer. */
export class HttpExchange {
  readonly #server: ServerParts
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #url: URL

  constructor(server: ServerParts, request: IncomingMessage, response: ServerResponse) {
    this.#server = server
    this.#request = request
    this.#response = response
    this.#url = new URL(`http://here${request.url?.startsWith('/') === true ? request.url.replace(/^\/+/, '/') : '/'}`)
  }

  async answer(): Promise<void> {
    const path = this.#url.pathname
    this.#response.setHeader('x-content-type-options', 'nosniff').setHeader('referrer-policy', 'no-referrer')
    // A page of another site may resolve its own name to this address; its Host header gives it away.
    if (!this.#isOurHost()) return this.#refuse(421, 'unauthorized', 'This server does not answer for that host name.')
    const shown = path === '/' ? this.#url.searchParams.get('token') : null
    if (shown !== null) return this.#server.signIn.enter(this.#request, this.#response, shown)
    if (!this.#server.signIn.isSignedIn(this.#request)) {
      return this.#refuse(401, 'unauthorized', 'Sign in first.', 'Open the link that `stampede serve` printed, or send its token as `Authorization: Bearer …`.')
    }
    if (path.startsWith('/api/')) return this.#api(path.slice('/api/'.length))
    if (!this.#methodIs('GET', 'HEAD')) return
    // Browsers ask for it unasked; a 404 would stand in red in their consoles.
    if (path === '/favicon.ico') return void this.#response.writeHead(204).end()
    if (path === '/metrics') return this.#metrics()
    return sendFile(this.#response, fileURLToPath(this.#server.staticDir), path, this.#request.method !== 'HEAD')
  }

  async #api(name: string): Promise<void> {
    if (name === 'events') return this.#methodIs('GET') ? this.#server.events.open(this.#request, this.#response) : undefined
    if (name === 'openapi.json') {
      if (!this.#methodIs('GET')) return
      const { openApi } = await import('../../shared/contract/contract-schema.ts')
      return this.#text(JSON.stringify(openApi()), 'application/json')
    }
    if (!this.#methodIs('POST')) return
    const body = await readJson(this.#request, MOST_BYTES.get(name))
    if (!body.ok) return this.#refuse(body.status, 'bad-input', body.message, body.hint)
    try {
      this.#text(JSON.stringify(await dispatch(this.#server.api, name, body.value)), 'application/json')
    } catch (error) {
      this.#explain(error)
    }
  }

  async #metrics(): Promise<void> {
    const { api } = this.#server
    const [{ version }, runs] = await Promise.all([api['app.capabilities']({}), api['run.list']({ limit: 50 })])
    const live = runs.filter(({ endedAt }) => endedAt === null)
    const views = await Promise.all(live.map(({ id }) => api['run.get']({ id })))
    this.#text(prometheusText(views, version), 'text/plain; version=0.0.4; charset=utf-8')
  }

  #explain(error: unknown): void {
    if (error instanceof AppError) return this.#json(STATUS[error.code], error)
    this.#server.onError?.(error)
    this.#refuse(500, 'internal', 'Something went wrong inside Stampede.', 'The terminal in which it runs says more.')
  }

  #isOurHost(): boolean {
    const name = (this.#request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]' || name === this.#server.host.toLowerCase()) return true
    // Served to a network: any address is ours, since no name can be rebound to reach here by an address.
    const { host } = this.#server
    return host !== '127.0.0.1' && host !== 'localhost' && host !== '::1' && isIP(name.replace(/^\[|\]$/g, '')) !== 0
  }

  #methodIs(...allowed: string[]): boolean {
    if (allowed.includes(this.#request.method ?? '')) return true
    this.#response.setHeader('allow', allowed.join(', '))
    this.#refuse(405, 'bad-input', `Use ${allowed.join(' or ')} here.`)
    return false
  }

  #refuse(status: number, code: AppErrorCode, message: string, hint?: string): void {
    this.#json(status, new AppError(code, message, hint === undefined ? {} : { hint }))
  }

  #json(status: number, value: unknown): void {
    // What is left of a body nobody reads would be taken for the next request.
    if (!this.#request.complete) this.#response.setHeader('connection', 'close')
    this.#request.resume()
    this.#response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value))
  }

  #text(text: string, type: string): void {
    this.#response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  }
}
