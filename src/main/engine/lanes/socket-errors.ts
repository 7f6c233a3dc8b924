import type { ErrorKind } from '../../../shared/errors.ts'

/** A failure as it is counted: few different messages per run, so without ports, addresses or times of the moment. */
export interface Failure {
  kind: ErrorKind
  message: string
}

const BY_CODE: Record<string, [ErrorKind, string]> = {
  ENOTFOUND: ['dns', 'host name not found'],
  EAI_AGAIN: ['dns', 'name lookup failed for now'],
  EAI_FAIL: ['dns', 'name lookup failed'],
  EAI_NODATA: ['dns', 'host name has no address'],
  EAI_NONAME: ['dns', 'host name not found'],
  ENODATA: ['dns', 'host name has no address'],
  ECONNREFUSED: ['refused', 'connection refused'],
  ECONNRESET: ['reset', 'connection reset by the server'],
  EPIPE: ['reset', 'connection closed by the server while sending'],
  ECONNABORTED: ['reset', 'connection aborted'],
  EMFILE: ['too-many-files', 'this process has no file descriptors left'],
  ENFILE: ['too-many-files', 'this machine has no file descriptors left'],
  EADDRNOTAVAIL: ['ports-exhausted', 'no local port left'],
  EADDRINUSE: ['ports-exhausted', 'no local port left'],
  EHOSTUNREACH: ['other', 'no route to the host'],
  ENETUNREACH: ['other', 'no route to the network'],
  EPROTO: ['tls', 'TLS failure'],
  CERT_HAS_EXPIRED: ['tls', 'certificate has expired'],
  CERT_NOT_YET_VALID: ['tls', 'certificate is not yet valid'],
  CERT_REVOKED: ['tls', 'certificate has been revoked'],
  CERT_UNTRUSTED: ['tls', 'certificate is not trusted'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'certificate is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'certificate chain ends in an unknown root'],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', 'issuer of the certificate is unknown'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'issuer of the certificate is unknown'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'issuer of the certificate is unknown'],
  HOSTNAME_MISMATCH: ['tls', 'certificate is for another host'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'certificate is for another host'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', 'the server does not speak TLS on this port'],
}

const TLS_CODE = /^(ERR_SSL|ERR_TLS|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|ERROR_IN_C)/

/** Names what happened to a socket or a lookup. @param connecting before the connection (and its TLS) stood. */
export function describeSocketError(error: NodeJS.ErrnoException, connecting: boolean): Failure {
  const code = error.code ?? 'UNKNOWN'
  if (code === 'ETIMEDOUT') return { kind: connecting ? 'connect-timeout' : 'timeout', message: 'the network gave up waiting (ETIMEDOUT)' }
  if (code === 'ECONNRESET' && connecting) return { kind: 'reset', message: 'connection reset while connecting (ECONNRESET)' }
  const known = BY_CODE[code]
  if (known !== undefined) return { kind: known[0], message: `${known[1]} (${code})` }
  if (TLS_CODE.test(code)) return { kind: 'tls', message: `TLS failure (${code})` }
  return { kind: 'other', message: `socket failure (${code})` }
}

/** Codes that say something of one address only: another of the same name may do better. */
const ABOUT_ADDRESS = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])

/** True when another address of the same name may do better. @param error null: the attempt was given up after its time. */
export function isAboutAddress(error: NodeJS.ErrnoException | null): boolean {
  return error === null || ABOUT_ADDRESS.has(error.code ?? '')
}
