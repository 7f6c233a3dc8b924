import type { CompiledRequest, RequestSource } from '../lanes/compiled-request.ts'
import { wireOf } from '../request/request-wire.ts'
import type { CompiledFlow, CompiledStep } from './compiled-flow.ts'
import type { CookieJar } from './cookie-jar.ts'
import type { Iteration } from './iteration.ts'

/**
 * Writes the requests of iterations for the lanes that carry their steps: the number that a lane gives is the slot of an
 * iteration, which knows its step, what it has learnt and its cookies. A request is made in one go, so one iteration at
 * a time is the present one, of which variables speak.
 */
export class FlowSource implements RequestSource {
  readonly #flow: () => CompiledFlow
  readonly #iterations: readonly Iteration[]
  #present: Iteration | null = null

  constructor(flow: () => CompiledFlow, iterations: readonly Iteration[]) {
    this.#flow = flow
    this.#iterations = iterations
  }

  /** Of the iteration whose request is being made. */
  presentValue(place: number): string {
    return this.#present?.values[place] ?? ''
  }

  textFor(slot: number): string {
    const iteration = this.#enter(slot)
    const step = this.#stepOf(iteration)
    const { request } = step
    const text = request.source === undefined ? step.text : request.source.textFor(iteration.n)
    const pathAt = request.method.length + 1
    iteration.path = text.slice(pathAt, text.indexOf(' ', pathAt))
    const cookies = cookiesFor(iteration, request)
    return cookies === '' ? text : withCookies(text, step, cookies)
  }

  requestFor(slot: number): CompiledRequest {
    const iteration = this.#enter(slot)
    const { request } = this.#stepOf(iteration)
    const own = iteration.hop ?? request.source?.requestFor(iteration.n) ?? request
    iteration.request = own
    iteration.path = own.path
    const cookies = cookiesFor(iteration, own)
    if (cookies === '') return own
    const headers = headersWith(own.headers, textOf(cookies))
    return { ...own, headers, wire: wireOf(own.method, own.path, headers, own.body) }
  }

  isHead(slot: number): boolean {
    const iteration = this.#iterations[slot]!
    return (iteration.hop ?? this.#stepOf(iteration).request).method === 'HEAD'
  }

  payloadFor(): Buffer {
    return Buffer.alloc(0) // Steps are requests of HTTP.
  }

  #enter(slot: number): Iteration {
    const iteration = this.#iterations[slot]!
    this.#present = iteration
    return iteration
  }

  #stepOf({ step }: Iteration): CompiledStep {
    return this.#flow().steps[step]!
  }
}

function cookiesFor({ jar, path }: { jar: CookieJar | null; path: string }, { secure, host }: CompiledRequest): string {
  return jar === null || jar.isEmpty ? '' : jar.headerFor({ secure, host, path })
}

/** A field of its own, behind the others; where the step has a Cookie field, behind what that says. */
function withCookies(text: string, { request }: CompiledStep, cookies: string): string {
  const end = text.indexOf('\r\n\r\n')
  const own = request.headers.find(([name]) => isCookie(name))?.[0]
  const from = own === undefined ? -1 : text.indexOf(`\r\n${own}: `)
  if (from < 0 || from > end) return `${text.slice(0, end)}\r\nCookie: ${cookies}${text.slice(end)}`
  const at = text.indexOf('\r\n', from + 2)
  return `${text.slice(0, at)}; ${cookies}${text.slice(at)}`
}

function headersWith(headers: CompiledRequest['headers'], cookies: string): CompiledRequest['headers'] {
  if (!headers.some(([name]) => isCookie(name))) return [...headers, ['Cookie', cookies]]
  return headers.map(([name, value]) => [name, isCookie(name) ? `${value}; ${cookies}` : value])
}

function isCookie(name: string): boolean {
  return name.toLowerCase() === 'cookie'
}

/** Binary text as the text that it encodes. */
function textOf(bytes: string): string {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}
