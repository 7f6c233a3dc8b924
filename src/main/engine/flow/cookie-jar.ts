import { isFor, parseSetCookie } from './set-cookie.ts'
import type { Cookie, CookieSite } from './set-cookie.ts'

/** As many as an iteration keeps; the oldest gives way. */
const MAX_COOKIES = 100

/** The cookies of one iteration. Cleared and used again for the next one. */
export class CookieJar {
  #cookies: Cookie[] = []

  get isEmpty(): boolean {
    return this.#cookies.length === 0
  }

  clear(): void {
    if (this.#cookies.length > 0) this.#cookies = []
  }

  /** @param field value of a Set-Cookie field. */
  set(field: string, site: CookieSite, nowMs = Date.now()): void {
    const cookie = parseSetCookie(field, site, nowMs)
    if (cookie === null) return
    const place = this.#cookies.findIndex(({ name, domain, path }) => name === cookie.name && domain === cookie.domain && path === cookie.path)
    if (cookie.expiresAt <= nowMs) {
      if (place >= 0) this.#cookies.splice(place, 1)
    } else if (place >= 0) {
      this.#cookies[place] = cookie
    } else {
      if (this.#cookies.length >= MAX_COOKIES) this.#cookies.shift()
      this.#cookies.push(cookie)
    }
  }

  /** What the Cookie field of a request says: longer paths first, then older ones (RFC 6265 §5.4). Empty: there is none. */
  headerFor(site: CookieSite, nowMs = Date.now()): string {
    const meant = this.#cookies.filter((cookie) => cookie.expiresAt > nowMs && isFor(cookie, site))
    if (meant.length > 1) meant.sort((a, b) => b.path.length - a.path.length)
    return meant.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  /** The value of the cookie of that name which was set last; null if there is none. */
  valueOf(name: string): string | null {
    return this.#cookies.findLast((cookie) => cookie.name === name)?.value ?? null
  }
}
