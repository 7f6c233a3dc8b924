import { parseCheck } from './check.ts'
import { answersOf, isAnswerOf, parseExpectation } from './expect.ts'
import { protocolOf } from './protocol.ts'
import { templatesOf } from './template-problems.ts'
import { hasVariables } from './template-text.ts'
import type { Problem } from './errors.ts'
import type { Protocol } from './protocol.ts'
import type { RequestSpec, TaskSpec } from './task.ts'

/** Fields of a task that say nothing over the protocol of its URL, each with what to write instead. */

const NAMES: Record<Protocol, string> = { http: 'HTTP', websocket: 'a WebSocket', tcp: 'a TCP connection' }
const SENT = ['send', 'sendBase64', 'sendHex'] as const
/** RFC 6455 §5.5. */
const MAX_PING_BYTES = 125
const BODIES = ['body', 'bodyBase64'] as const

/** @param written the input, plain, for what was said and not only defaulted. */
export function protocolProblems(spec: TaskSpec, written: { request: Record<string, unknown>; transport: Record<string, unknown> }): Problem[] {
  const protocol = protocolOf(spec.request.url)
  const has = (name: string): boolean => Object.hasOwn(written.request, name)
  if (protocol === 'http') return [...SENT, 'expect'].filter(has).map((name) => problem(`request.${name}`, `${name} is for ws:// and tcp:// targets.`, name === 'expect' ? 'Use checks.' : 'Use body.'))
  return [
    ...SENT.filter(has).slice(1).map((name) => problem(`request.${name}`, `${SENT.filter(has).join(' and ')} exclude each other.`, 'Keep one.')),
    ...BODIES.filter(has).map((name) => problem(`request.${name}`, `Over ${NAMES[protocol]} nothing has a body.`, `Use ${name === 'body' ? 'send' : 'sendBase64'}.`)),
    ...expectProblems(spec, protocol, SENT.some(has)),
    ...(protocol === 'tcp' ? tcpProblems(spec, has) : []),
    ...(protocol === 'websocket' ? openingProblems(spec) : []),
    ...(has('method') && spec.request.method !== 'GET' ? [problem('request.method', `Over ${NAMES[protocol]} there are no methods.`, 'Remove it.')] : []),
    ...transportProblems(protocol, spec, written.transport),
  ]
}

function expectProblems({ request }: TaskSpec, protocol: Protocol, sends: boolean): Problem[] {
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
