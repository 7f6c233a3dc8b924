import { AppError } from '../../../shared/errors.ts'
import { parseExpectation } from '../../../shared/task/expect.ts'
import { isSecureUrl } from '../../../shared/task/protocol.ts'
import type { RequestSpec, TaskSpec } from '../../../shared/task/task.ts'
import { hostOf, routesOf, tlsOf } from '../destination.ts'
import type { CompiledMessage, CompiledRequest } from '../lanes/compiled-request.ts'
import { compilePattern } from '../lanes/pattern.ts'

/** What a task exchanges over plain TCP. Throws AppError `bad-input` for an expression that cannot be matched in linear time. */
export function compileTcp(spec: TaskSpec): CompiledRequest {
  const url = new URL(spec.request.url)
  const secure = isSecureUrl(url.href)
  const host = hostOf(url)
  const message = messageOf(spec)
  return {
    secure,
    host,
    port: Number(url.port),
    method: 'TCP',
    path: '',
    headers: [],
    body: null,
    wire: message.payload ?? Buffer.alloc(0),
    tls: secure ? tlsOf(spec, host) : null,
    follow: false,
    proxy: null,
    ...routesOf(spec.transport),
    http2: false,
    message,
  }
}

/** What goes out in one iteration, and what has to come back. Throws as {@link compileTcp}. */
export function messageOf({ request }: TaskSpec): CompiledMessage {
  const payload = payloadOf(request)
  const parsed = parseExpectation(request.expect ?? (payload === null ? 'none' : 'any'))
  if (!parsed.ok) throw new AppError('bad-input', parsed.problem.message, { problems: [{ ...parsed.problem, path: 'request.expect' }] })
  const { expectation } = parsed
  if (expectation.answer === 'matches') compilePattern(expectation.text, 'request.expect')
  return { payload, binary: request.send === undefined, expect: expectation }
}

function payloadOf({ send, sendBase64, sendHex }: RequestSpec): Buffer | null {
  if (sendHex !== undefined) return Buffer.from(sendHex, 'hex')
  if (sendBase64 !== undefined) return Buffer.from(sendBase64, 'base64')
  return send === undefined ? null : Buffer.from(send, 'utf8')
}
