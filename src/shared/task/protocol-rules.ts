import { authTexts } from './auth-schema.ts'
import { parseCheck } from './check.ts'
import { answersOf, isAnswerOf, parseExpectation } from './expect.ts'
import { protocolOf } from './protocol.ts'
import { templatesOf } from './template-problems.ts'
import { hasVariables, variablesOf } from './template-text.ts'
import type { Check } from './check.ts'
import type { Problem } from '../errors.ts'
import type { Protocol } from './protocol.ts'
import type { RequestSpec, TaskSpec } from './task.ts'

/** Fields of a task that say nothing over the protocol of its URL, each with what to write instead. */

const NAMES: Record<Protocol, string> = { http: 'HTTP', websocket: 'a WebSocket', tcp: 'a TCP connection', grpc: 'gRPC' }
const SENT = ['send', 'sendBase64', 'sendHex'] as const
/** RFC 6455 §5.5. */
const MAX_PING_BYTES = 125
const BODIES = ['body', 'bodyBase64', 'form', 'multipart'] as const
const OF_GRPC = ['message', 'proto', 'protoPath', 'descriptor'] as const
/** Said by the protocol itself. */
const SET_BY_GRPC = /^(content-type|grpc-.*)$/i

/** @param written the input, plain, for what was said and not only defaulted. */
export function protocolProblems(spec: TaskSpec, written: { request: Record<string, unknown>; transport: Record<string, unknown> }): Problem[] {
  return [...authProblems(spec), ...requestProblems(spec, written)]
}

function requestProblems(spec: TaskSpec, written: { request: Record<string, unknown>; transport: Record<string, unknown> }): Problem[] {
  const protocol = protocolOf(spec.request.url)
  const has = (name: string): boolean => Object.hasOwn(written.request, name)
  if (protocol !== 'grpc' && OF_GRPC.some(has)) return OF_GRPC.filter(has).map((name) => problem(`request.${name}`, `${name} is for grpc:// targets.`, name === 'message' ? `Use ${protocol === 'http' ? 'body' : 'send'}.` : 'Remove it.'))
  const grpcChecks = protocol === 'grpc' ? [] : checksOn(spec, 'grpc-status').map((index) => problem(`checks[${index}]`, 'Only an answer of gRPC has a grpc-status.', 'Check its status.'))
  return [...grpcChecks, ...(protocol === 'http' ? httpProblems(spec, has) : protocol === 'grpc' ? grpcProblems(spec, has, written.transport) : messageProblems(protocol, spec, has, written.transport))]
}

function httpProblems(spec: TaskSpec, has: (name: string) => boolean): Problem[] {
  const sent = SENT.filter(has).map((name) => problem(`request.${name}`, `${name} is for ws:// and tcp:// targets.`, 'Use body.'))
  if (spec.request.stream !== undefined) return [...sent, ...streamProblems(spec, spec.request.stream)]
  return has('expect') ? [...sent, problem('request.expect', 'expect is for ws:// and tcp:// targets and for streams.', 'Use checks. Where the answer is a stream, add stream: sse or stream: chunks.')] : sent
}

/** A stream is read as it comes. */
function streamProblems({ request, transport }: TaskSpec, stream: 'sse' | 'chunks'): Problem[] {
  const encoding = Object.keys(request.headers).find((name) => name.toLowerCase() === 'accept-encoding')
  const parsed = request.expect === undefined ? null : parseExpectation(request.expect)
  const unheard: (Problem | false)[] = [
    parsed?.ok === true && !isAnswerOf(stream, parsed.expectation) && problem('request.expect', `${parsed.expectation.answer} cannot be told of stream: ${stream}.`, `Known: ${answersOf(stream)}.`),
    transport.follow && problem('transport.follow', 'A stream is read where it is asked for; redirects are not followed.', 'Remove it.'),
    transport.proxy !== undefined && problem('transport.proxy', 'A stream is not read through a proxy.', 'Remove it.'),
    encoding !== undefined && problem(`request.headers.${encoding}`, 'A stream is read as it comes, not compressed.', 'Remove it.'),
    request.method === 'HEAD' && problem('request.method', 'The answer to HEAD has no content.', 'Use GET.'),
  ]
  return unheard.filter((found) => found !== false)
}

function grpcProblems(spec: TaskSpec, has: (name: string) => boolean, transport: Record<string, unknown>): Problem[] {
  const { request } = spec
  const own = Object.entries(request.headers).filter(([name]) => SET_BY_GRPC.test(name)).map(([name]) => problem(`request.headers.${name}`, `${name} is said by gRPC itself.`, name.toLowerCase() === 'grpc-timeout' ? 'Remove it; set transport.timeout.' : 'Remove it.'))
  const binary = Object.entries(request.headers).filter(([name, value]) => /-bin$/i.test(name) && ![value].flat().every((text) => hasVariables(text) || /^[A-Za-z0-9+/]*={0,2}$/.test(text))).map(([name]) => problem(`request.headers.${name}`, `Metadata whose name ends with -bin are bytes, written as base64.`, 'Encode the bytes with: base64 -w0 FILE.'))
  return [
    ...[...SENT, ...BODIES, 'expect', 'stream'].filter(has).map((name) => problem(`request.${name}`, `Over gRPC there is no ${name}.`, name === 'expect' || name === 'stream' ? 'Remove it; the method says whether its answer is a stream.' : 'Use message.')),
    ...(request.proto !== undefined && request.descriptor === undefined ? [problem('request.proto', 'The .proto file has not been read.', 'Files are read where the command line is; elsewhere send its descriptor, or leave it out and the server is asked.')] : []),
    ...(has('method') && request.method !== 'POST' ? [problem('request.method', 'Over gRPC the URL names the method.', 'Remove it.')] : []),
    ...(hasVariables(request.url) ? [problem('request.url', 'A method of gRPC has its own messages, so variables cannot stand here.', 'Use them in message and headers.')] : []),
    ...own,
    ...binary,
    ...transportProblems('grpc', spec, transport),
  ]
}

function checksOn({ checks }: TaskSpec, subject: Check['subject']): number[] {
  return checks.flatMap((expression, index) => {
    const parsed = parseCheck(expression)
    return parsed.ok && parsed.check.subject === subject ? [index] : []
  })
}

function messageProblems(protocol: 'websocket' | 'tcp', spec: TaskSpec, has: (name: string) => boolean, transport: Record<string, unknown>): Problem[] {
  return [
    ...(has('stream') ? [problem('request.stream', `stream is for http:// and https:// targets.`, 'Remove it.')] : []),
    ...SENT.filter(has).slice(1).map((name) => problem(`request.${name}`, `${SENT.filter(has).join(' and ')} exclude each other.`, 'Keep one.')),
    ...BODIES.filter(has).map((name) => problem(`request.${name}`, `Over ${NAMES[protocol]} nothing has a body.`, `Use ${name === 'bodyBase64' ? 'sendBase64' : 'send'}.`)),
    ...expectProblems(spec, protocol, SENT.some(has)),
    ...(protocol === 'tcp' ? tcpProblems(spec, has) : []),
    ...(protocol === 'websocket' ? openingProblems(spec) : []),
    ...(has('method') && spec.request.method !== 'GET' ? [problem('request.method', `Over ${NAMES[protocol]} there are no methods.`, 'Remove it.')] : []),
    ...transportProblems(protocol, spec, transport),
  ]
}

/** A token is fetched for the whole run, and a WebSocket opened for many iterations: what differs among them has no place there. */
function authProblems({ auth, request }: TaskSpec): Problem[] {
  if (auth === undefined) return []
  const protocol = protocolOf(request.url)
  if (protocol === 'grpc' && auth.type === 'api-key' && auth.in === 'query') return [problem('auth.in', 'A call of gRPC has no query.', 'Write in: header.')]
  if (protocol === 'tcp') return [problem('auth', 'A TCP connection has no headers that could carry it.', 'Remove it; write bytes into send.')]
  if (auth.type !== 'oauth2' && protocol !== 'websocket') return []
  const why = auth.type === 'oauth2' ? 'The token is fetched once for all iterations' : 'A WebSocket is opened once for many messages'
  const varying = authTexts(auth).filter(({ text }) => variablesOf(text).some(({ kind }) => kind !== 'env' && kind !== 'vars'))
  return varying.map(({ path }) => problem(path, `${why}, so only {{env.…}} and {{vars.…}} can stand here.`, 'Use one of them.'))
}

function expectProblems({ request }: TaskSpec, protocol: 'websocket' | 'tcp', sends: boolean): Problem[] {
  if (request.expect === undefined) return []
  const parsed = parseExpectation(request.expect)
  if (!parsed.ok) return []
  const { answer } = parsed.expectation
  if (!isAnswerOf(protocol, parsed.expectation)) return [problem('request.expect', `${answer} cannot be told over ${NAMES[protocol]}.`, `Known: ${answersOf(protocol)}.`)]
  if (answer === 'echo' && !sends) return [problem('request.expect', 'Nothing is sent that could come back.', 'Add send.')]
  return answer === 'pong' && sentBytes(request) > MAX_PING_BYTES ? [problem('request.send', 'A ping holds at most 125 bytes.', 'Shorten it.')] : []
}

function sentBytes({ send, sendBase64, sendHex }: RequestSpec): number {
  return sendHex !== undefined ? sendHex.length / 2 : sendBase64 !== undefined ? (sendBase64.replace(/=+$/, '').length * 3) / 4 : new TextEncoder().encode(send ?? '').length
}

function tcpProblems(spec: TaskSpec, has: (name: string) => boolean): Problem[] {
  const checks = spec.checks.flatMap((expression, index) => {
    const parsed = parseCheck(expression)
    const without = parsed.ok && (parsed.check.subject === 'status' || parsed.check.subject === 'header') ? parsed.check.subject : null
    return without === null ? [] : [problem(`checks[${index}]`, `A TCP answer has no ${without}.`, 'Check its body, size or duration.')]
  })
  return [...(has('headers') && Object.keys(spec.request.headers).length > 0 ? [problem('request.headers', 'A TCP connection has no headers.', 'Remove them; write bytes into send.')] : []), ...checks]
}

/** A WebSocket is opened once and then carries many iterations: what differs among them has its place in the messages. */
function openingProblems({ request }: TaskSpec): Problem[] {
  const fixed = templatesOf(request).filter(({ path }) => path !== 'request.send')
  return fixed.filter(({ text }) => hasVariables(text)).map(({ path }) => problem(path, 'A WebSocket is opened once for many messages, so variables cannot stand here.', 'Use them in send.'))
}

function transportProblems(protocol: Protocol, { transport }: TaskSpec, written: Record<string, unknown>): Problem[] {
  const unheard: (Problem | false)[] = [
    Object.hasOwn(written, 'protocol') && transport.protocol !== 'auto' && problem('transport.protocol', `${transport.protocol} is a version of HTTP.`, 'Remove it; the scheme of the URL says the protocol.'),
    transport.follow && problem('transport.follow', `Over ${NAMES[protocol]} there are no redirects.`, 'Remove it.'),
    transport.proxy !== undefined && problem('transport.proxy', `${NAMES[protocol][0]!.toUpperCase()}${NAMES[protocol].slice(1)} is not opened through a proxy.`, 'Remove it.'),
  ]
  return unheard.filter((found) => found !== false)
}

function problem(path: string, message: string, hint: string): Problem {
  return { path, message, hint }
}
