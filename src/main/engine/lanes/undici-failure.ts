import { LaneFailure } from './lane-failure.ts'
import { describeSocketError } from './socket-errors.ts'
import type { Failure } from './socket-errors.ts'

const EOF: Failure = { kind: 'eof', message: 'connection closed before the answer was complete' }

/**
 * Translates what undici, node:http2 or the socket says into a kind and a sentence without figures of the moment.
 * @param connecting no connection stood yet. @param ended the server has ended the connection: undici calls a body
 * that was cut off and a contradiction in the lengths by the same name.
 */
export function failureOf(error: Error, connecting: boolean, ended: boolean): Failure {
  if (error instanceof LaneFailure) return { kind: error.kind, message: error.message }
  const code = (error as NodeJS.ErrnoException).code ?? ''
  // Its code is empty in undici 8 (the table of llhttp is read the wrong way round), so the name has to do.
  if (error.name === 'HTTPParserError') return /Invalid EOF state/.test(error.message) ? EOF : { kind: 'protocol', message: sentenceOf(error) }
  if (code.startsWith('ERR_HTTP2_')) return http2Failure(error)
  switch (code) {
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return ended ? EOF : { kind: 'protocol', message: 'contradicting content-lengths' }
    case 'UND_ERR_HEADERS_OVERFLOW':
      return { kind: 'protocol', message: 'head larger than 64 KiB' }
    case 'UND_ERR_SOCKET':
      return socketFailure(error)
    case 'UND_ERR_INFO':
      return { kind: 'reset', message: 'connection given up by the server (HTTP/2 GOAWAY)' }
    default:
      return code.startsWith('UND_ERR') ? { kind: 'other', message: sentenceOf(error) } : describeSocketError(error, connecting)
  }
}

/** Undici's SocketError stands for an answer that must not be, too. */
function socketFailure(error: Error): Failure {
  if (error.message === 'bad response') return { kind: 'protocol', message: 'unexpected 100 Continue' }
  if (error.message === 'bad upgrade') return { kind: 'protocol', message: 'unexpected 101 Switching Protocols' }
  return EOF
}

function http2Failure(error: Error): Failure {
  const code = /NGHTTP2_\w+/.exec(error.message)?.[0]
  if (code === undefined || code === 'NGHTTP2_PROTOCOL_ERROR') return { kind: 'protocol', message: sentenceOf(error) }
  return { kind: 'reset', message: `stream reset by the server (${code.slice('NGHTTP2_'.length)})` }
}

/** llhttp's reason without the frame that undici puts around it. */
function sentenceOf(error: Error): string {
  return /^Response does not match the HTTP\/1\.1 protocol \((.*)\)$/.exec(error.message)?.[1] ?? error.message
}
