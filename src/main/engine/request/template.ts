import { AppError } from '../../../shared/errors.ts'
import type { Problem } from '../../../shared/errors.ts'
import { parseExpectation } from '../../../shared/task/expect.ts'
import { isSecureUrl, protocolOf } from '../../../shared/task/protocol.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import { chooseLane } from '../lane-choice.ts'
import { hostOf, routesOf, tlsOf } from '../destination.ts'
import type { CompiledRequest } from '../lanes/compiled-request.ts'
import { compileGrpc } from './grpc-template.ts'
import { compileTcp, messageOf } from './message-template.ts'
import { bodyOf } from './request-body.ts'
import type { RequestBody } from './request-body.ts'
import { compilePattern } from '../lanes/pattern.ts'
import { RequestTemplate, markVariables } from './request-template.ts'
import { wireOf } from './request-wire.ts'
import type { ValueSources } from './variables.ts'

type Header = [name: string, value: string]

/** RFC 9110 §5.6.2: what a method or a header name is made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** Control characters (RFC 9110 §5.5): whoever could put CR or LF into a value could write a second request. */
const FORBIDDEN_IN_VALUE = /[\0-\x08\x0a-\x1f\x7f]/
/** Methods whose request is understood to have a body, so that "none" is said with `Content-Length: 0` (RFC 9110 §8.6). */
const BODY_EXPECTED = new Set(['POST', 'PUT', 'PATCH'])
/** Header fields that undici leaves no way to send. */
const NOT_IN_UNDICI = new Set(['expect', 'upgrade'])

/**
 * Makes the message that a run sends again and again, or what makes it where variables differ. The spec has been through parseTaskSpec; what could split
 * or desynchronise messages is nevertheless refused here, because this is where bytes are made.
 * Throws AppError `bad-input` with every problem.
 * @param seed of random values: the same wherever the run executes.
 */
export function compileRequest(spec: TaskSpec, { seed = 0, data = new Map(), token = () => '', step }: Partial<Pick<ValueSources, 'seed' | 'data' | 'token' | 'step'>> = {}): CompiledRequest {
  const sources: ValueSources = { vars: spec.vars ?? {}, env: spec.env ?? {}, seed, data, token, ...(step === undefined ? {} : { step }) }
  if (protocolOf(spec.request.url) === 'grpc') return compileGrpc(spec, sources)
  const marked = markVariables(spec.request, spec.auth)
  if (marked === null) return compileFixed(spec, seed)
  const fixed = compileFixed({ ...spec, request: marked.request }, seed)
  return marked.variables.length === 0 ? fixed : { ...fixed, source: new RequestTemplate(fixed, marked, sources) }
}

function compileFixed(spec: TaskSpec, seed: number): CompiledRequest {
  return protocolOf(spec.request.url) === 'tcp' ? compileTcp(spec) : compileHttp(spec, seed)
}

/** A request of HTTP, or the one that asks for a WebSocket. */
function compileHttp(spec: TaskSpec, seed: number): CompiledRequest {
  const url = targetOf(spec)
  const content = bodyOf(spec.request, seed)
  const body = content?.bytes ?? null
  const headers = headersOf(spec, url, content)
  const problems = [...problemsOf(spec, headers, body), ...proxyProblems(spec.transport.proxy)]
  if (problems.length > 0) throw new AppError('bad-input', problems[0]!.message, { problems })
  const { method } = spec.request
  const path = url.pathname + url.search
  const secure = isSecureUrl(url.href)
  const host = hostOf(url)
  return {
    secure,
    host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    method,
    path,
    headers,
    body,
    wire: wireOf(method, path, headers, body),
    tls: secure ? tlsOf(spec, host) : null,
    trust: { rejectUnauthorized: !spec.transport.insecure, ca: spec.transport.cacert },
    follow: spec.transport.follow,
    proxy: spec.transport.proxy ?? null,
    ...routesOf(spec.transport),
    ...(spec.auth?.type === 'api-key' && spec.auth.in === 'header' ? { credentialHeader: spec.auth.name.toLowerCase() } : {}),
    http2: spec.transport.protocol === 'http2',
    message: protocolOf(url.href) === 'websocket' ? messageOf(spec) : null,
    ...streamOf(spec),
  }
}

function streamOf({ request }: TaskSpec): Pick<CompiledRequest, 'stream'> {
  if (request.stream === undefined) return {}
  const parsed = parseExpectation(request.expect ?? 'end')
  if (!parsed.ok) throw new AppError('bad-input', parsed.problem.message, { problems: [{ ...parsed.problem, path: 'request.expect' }] })
  if (parsed.expectation.answer === 'matches') compilePattern(parsed.expectation.text, 'request.expect')
  return { stream: { mode: request.stream, expect: parsed.expectation } }
}

function targetOf(spec: TaskSpec): URL {
  const url = URL.parse(spec.request.url)
  if (url !== null && /^(https?|wss?):$/.test(url.protocol)) return url
  const message = `"${spec.request.url}" is not an http or https URL`
  throw new AppError('bad-input', message, { problems: [{ path: 'request.url', message, hint: 'Example: https://shop.example/cart' }] })
}

/** The user's headers as written, then what HTTP needs and the user left out. */
function headersOf(spec: TaskSpec, url: URL, body: RequestBody | null): Header[] {
  const own = Object.entries(spec.request.headers).flatMap(([name, value]) => [value].flat().map((one): Header => [name, one]))
  const given = new Set(own.map(([name]) => name.toLowerCase()))
  const added = implied(spec, url, body).filter(([name]) => !given.has(name.toLowerCase()))
  const host = added.filter(([name]) => name === 'Host')
  return [...host, ...own, ...added.filter(([name]) => name !== 'Host')]
}

function implied(spec: TaskSpec, url: URL, body: RequestBody | null): Header[] {
  const headers: Header[] = [['Host', url.host], ['User-Agent', 'stampede']]
  if (url.username !== '' || url.password !== '') headers.push(['Authorization', basicOf(url)])
  if (body !== null && body.contentType !== null) headers.push(['Content-Type', body.contentType])
  if (body !== null) headers.push(['Content-Length', String(body.bytes.length)])
  else if (BODY_EXPECTED.has(spec.request.method)) headers.push(['Content-Length', '0'])
  if (!spec.transport.keepAlive) headers.push(['Connection', 'close'])
  return headers
}

/** `user:password@` of a URL, as `Authorization: Basic` (RFC 7617). */
export function basicOf(url: URL): string {
  return `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`
}

function problemsOf(spec: TaskSpec, headers: Header[], body: Buffer | null): Problem[] {
  const problems = headers.flatMap((header) => headerProblems(header, body))
  if (!TOKEN.test(spec.request.method)) {
    problems.push({ path: 'request.method', message: `"${spec.request.method}" is not an HTTP method`, hint: 'Example: POST' })
  }
  for (const field of ['Host', 'Content-Length']) {
    if (headers.filter(([name]) => name.toLowerCase() === field.toLowerCase()).length < 2) continue
    problems.push({ path: `request.headers["${field}"]`, message: `${field} can be sent only once`, hint: 'Keep one of them.' })
  }
  return chooseLane(spec).lane === 'undici' ? [...problems, ...undiciProblems(spec, headers)] : problems
}

function headerProblems([name, value]: Header, body: Buffer | null): Problem[] {
  const path = `request.headers[${JSON.stringify(name)}]`
  if (!TOKEN.test(name)) return [{ path, message: `${JSON.stringify(name)} is not a header name`, hint: 'Letters, digits and hyphens, e.g. X-Trace-Id' }]
  if (FORBIDDEN_IN_VALUE.test(value)) return [{ path, message: `the value of ${name} has a line break or another control character in it`, hint: 'Remove it: a header is one line of text.' }]
  const field = name.toLowerCase()
  if (field === 'transfer-encoding') return [{ path, message: 'Transfer-Encoding cannot be set: the body is sent with its length', hint: 'Remove it.' }]
  if (field === 'content-length' && value !== String(body?.length ?? 0)) {
    return [{ path, message: `Content-Length ${value} does not fit the body of ${body?.length ?? 0} bytes`, hint: 'Remove it: it is set from the body.' }]
  }
  return []
}

function undiciProblems(spec: TaskSpec, headers: Header[]): Problem[] {
  return headers
    .filter(([name]) => NOT_IN_UNDICI.has(name.toLowerCase()))
    .map(([name]) => ({
      path: `request.headers[${JSON.stringify(name)}]`,
      message: `${name} cannot be sent here: ${chooseLane(spec).reason}`,
      hint: `Remove ${name}.`,
    }))
}

function proxyProblems(proxy: string | undefined): Problem[] {
  if (proxy === undefined) return []
  const protocol = URL.parse(proxy)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return []
  return [{ path: 'transport.proxy', message: `"${proxy}" is not the URL of an HTTP proxy`, hint: 'Example: http://proxy.example:3128' }]
}
