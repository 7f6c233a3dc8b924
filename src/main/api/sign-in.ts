import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A week: longer than any process that made the cookie, so that a restarted browser is still signed in. */
const COOKIE_SECONDS = 7 * 24 * 3600

/**
 * Who may use the server: whoever shows the token in an `Authorization: Bearer` header, and the one browser that opened
 * the printed link. The link works once, so that a copy of it in a history or a log opens nothing; the cookie it sets
 * is another secret, out of reach for scripts and for other sites.
 */
export class SignIn {
  readonly token: string
  readonly #session = randomBytes(24).toString('base64url')
  readonly #cookie: string
  #linkUsed = false

  /** @param port cookies know no ports: two servers on one machine need two names. */
  constructor(port: number, token = randomBytes(24).toString('base64url')) {
    this.token = token
    this.#cookie = `stampede_${port}`
  }

  isSignedIn(request: IncomingMessage): boolean {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer !== undefined) return same(bearer, this.token)
    const cookies = (request.headers.cookie ?? '').split(/; */)
    return cookies.some((cookie) => cookie.startsWith(`${this.#cookie}=`) && same(cookie.slice(this.#cookie.length + 1), this.#session))
  }

  /** Answers a request for the printed link: on to the console without the token in the address, or 401. */
  enter(request: IncomingMessage, response: ServerResponse, shown: string): void {
    const known = this.isSignedIn(request)
    if (!known && (this.#linkUsed || !same(shown, this.token))) {
      response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
      response.end('This link has been used, or is not of this server. Start `stampede serve` again for a new one.\n')
      return
    }
    this.#linkUsed = true
    const cookie = `${this.#cookie}=${this.#session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_SECONDS}`
    response.writeHead(303, { location: '/', 'cache-control': 'no-store', ...(known ? {} : { 'set-cookie': cookie }) }).end()
  }
}

/** In constant time, whatever the lengths. */
function same(shown: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(shown), digest(secret))
}
