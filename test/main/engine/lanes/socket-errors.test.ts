import { describe, expect, it } from 'vitest'
import { describeSocketError } from '../../../../src/main/engine/lanes/socket-errors.ts'
import type { ErrorKind } from '../../../../src/shared/errors.ts'

const failure = (code: string | undefined, connecting = false) =>
  describeSocketError(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:54321'), code === undefined ? {} : { code }), connecting)

describe('a socket error', () => {
  it.each<[string, ErrorKind]>([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['EMFILE', 'too-many-files'],
    ['ENFILE', 'too-many-files'],
    ['EADDRNOTAVAIL', 'ports-exhausted'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls'],
    ['EPROTO', 'tls'],
    ['EHOSTUNREACH', 'other'],
    ['ESOMETHING', 'other'],
  ])('%s is of the kind %s, and its message names the code and no port', (code, kind) => {
    expect(failure(code).kind).toBe(kind)
    expect(failure(code).message).toContain(`(${code})`)
    expect(failure(code).message).not.toMatch(/\d{4,}/)
  })

  it('ETIMEDOUT is a matter of connecting, or of an answer', () => {
    expect(failure('ETIMEDOUT', true).kind).toBe('connect-timeout')
    expect(failure('ETIMEDOUT', false).kind).toBe('timeout')
  })

  it('without a code has a kind as well', () => {
    expect(failure(undefined)).toEqual({ kind: 'other', message: 'socket failure (UNKNOWN)' })
  })
})
