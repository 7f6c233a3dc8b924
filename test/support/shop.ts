import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer, createServer as createPlainHttp2 } from 'node:http2'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { certificates } from './certificates.ts'

/** What the shop saw: who logged in how often, who ordered, and everything that did not fit together. */
export interface ShopBook {
  logins: Map<string, number>
  lists: number
  orders: Map<string, number>
  /** Each request that showed a token, a cookie or a user of somebody else. */
  mixed: string[]
  requests: number
}

type Protocol = 'http1' | 'h2c' | 'h2'
type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

interface Session {
  user: string
  token: string
}

/**
 * A shop of node:http or node:http2: POST /login gives a token and a cookie, GET /orders and POST /orders want both, and
 * that they belong together. Everything that is wrong is answered with 403 and kept.
 */
export async function startShop(protocol: Protocol = 'http1', delayMs = 0): Promise<{ url: string; book: ShopBook; stop: () => Promise<void> }> {
  const book: ShopBook = { logins: new Map(), lists: 0, orders: new Map(), mixed: [], requests: 0 }
  const sessions = new Map<string, Session>()
  const serve = (request: Request, response: Response): void => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => setTimeout(() => answer(request, Buffer.concat(parts).toString(), response, book, sessions), delayMs))
  }
  const server = serverOf(protocol, serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = (): Promise<void> => new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) (server as unknown as { closeAllConnections: () => void }).closeAllConnections()
  })
  return { url: `${protocol === 'h2' ? 'https' : 'http'}://127.0.0.1:${port}`, book, stop }
}

function serverOf(protocol: Protocol, serve: (request: Request, response: Response) => void): Server {
  switch (protocol) {
    case 'http1': return createServer(serve)
    case 'h2c': return createPlainHttp2(serve)
    case 'h2': return createSecureServer(certificates().good, serve)
  }
}

function answer(request: Request, body: string, response: Response, book: ShopBook, sessions: Map<string, Session>): void {
  book.requests++
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
  if (pathname === '/login') return login(body, response, book, sessions)
  if (pathname === '/form') return form(searchParams.get('user') ?? '', response, sessions)
  if (pathname === '/head') return send(response, request.method === 'HEAD' ? 200 : 405, '', { 'content-length': '500', 'x-number': '7' })
  if (pathname === '/status') return send(response, Number(searchParams.get('of')), '{}')
  const session = sessions.get(/(?:^|; )sid=([^;]*)/.exec(request.headers.cookie ?? '')?.[1] ?? '')
  if (session === undefined || (pathname === '/orders' && request.headers.authorization !== `Bearer ${session.token}`)) {
    book.mixed.push(`${request.method} ${request.url} ${request.headers.authorization} ${request.headers.cookie}`)
    return send(response, 403, '{"error":"not yours"}')
  }
  if (pathname === '/welcome') return send(response, 200, JSON.stringify({ user: session.user }))
  if (request.method === 'GET') {
    book.lists++
    return send(response, 200, JSON.stringify({ user: session.user, orders: [{ id: `${session.user}-1`, note: 'é "quoted"' }] }), { 'x-next': `/orders/${session.user}` })
  }
  const { user, order } = JSON.parse(body) as { user: string; order: string }
  if (user !== session.user || order !== `${user}-1`) book.mixed.push(`order ${body} of ${session.user}`)
  book.orders.set(session.user, (book.orders.get(session.user) ?? 0) + 1)
  send(response, 201, '{"ok":true}')
}

function login(body: string, response: Response, book: ShopBook, sessions: Map<string, Session>): void {
  const { user } = JSON.parse(body) as { user: string }
  const count = (book.logins.get(user) ?? 0) + 1
  book.logins.set(user, count)
  const sid = open(user, sessions)
  send(response, 200, JSON.stringify({ token: sessions.get(sid)!.token, user }), { 'set-cookie': [`sid=${sid}; Path=/; HttpOnly`, 'theme=dark; Path=/'] })
}

/** As forms do it: the cookie comes with a redirect. */
function form(user: string, response: Response, sessions: Map<string, Session>): void {
  send(response, 302, '', { 'set-cookie': `sid=${open(user, sessions)}; Path=/`, location: '/welcome' })
}

function open(user: string, sessions: Map<string, Session>): string {
  const sid = `${user}.${sessions.size}`
  sessions.set(sid, { user, token: `token of ${sid}` })
  return sid
}

function send(response: Response, status: number, body: string, headers: Record<string, string | string[]> = {}): void {
  (response as ServerResponse).writeHead(status, { 'content-type': 'application/json', ...(headers['content-length'] === undefined ? { 'content-length': String(Buffer.byteLength(body)) } : {}), ...headers })
  ;(response as ServerResponse).end(body)
}
