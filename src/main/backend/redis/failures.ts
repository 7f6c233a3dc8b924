import { AppError, type AppErrorCode } from '../../../shared/errors.ts'

/** What Redis, TLS or the network said, as what it means and what to do about it. */
interface Meaning {
  /** Tried against `code message` of the error. */
  said: RegExp
  means: string
  hint: string
}

const MEANINGS: readonly Meaning[] = [
  { said: /WRONGPASS|invalid password|invalid username-password/i, means: 'refuses this user or password', hint: 'Correct the password (and the ACL user) of the Redis address.' },
  { said: /NOAUTH|Authentication required/i, means: 'wants a password', hint: 'Give it in the environment or in a file, or write it into the address.' },
  { said: /NOPERM/, means: 'does not let this user do what the cluster needs', hint: 'Give the ACL user the commands and keys that docs/cluster.md lists.' },
  { said: /READONLY/, means: 'is a read-only replica', hint: 'Give the address of the primary, or redis+sentinel://host/name to find it.' },
  { said: /CERT_HAS_EXPIRED/, means: 'has a TLS certificate that has expired', hint: 'Renew the certificate of the server.' },
  { said: /ALTNAME_INVALID/, means: 'has a TLS certificate for another host name', hint: 'Use the name that the certificate was made for.' },
  { said: /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, means: 'has a TLS certificate that nobody known has signed', hint: 'Give the certificate of its authority (CA).' },
  { said: /EPROTO|ERR_SSL|wrong version number|before secure TLS connection/i, means: 'does not speak TLS here', hint: 'Write redis:// instead of rediss://, or use its TLS port.' },
  { said: /ECONNREFUSED/, means: 'refuses the connection', hint: 'Start Redis there, or correct host and port.' },
  { said: /ENOTFOUND|EAI_AGAIN/, means: 'has a host name that nobody knows', hint: 'Correct the host of the address.' },
  { said: /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, means: 'cannot be reached', hint: 'Check the address, the network and the firewall between here and there. If Redis speaks no TLS, write redis:// instead of rediss://.' },
  { said: /sentinels? .*(unreachable|knows)|master.*(unknown|not found)|No such master/i, means: 'cannot be asked for the primary: no Sentinel answers, or none knows that name', hint: 'Check the Sentinels and the name at the end of the address.' },
  { said: /Command timed out/, means: 'did not answer in time; whether it did what was asked is not known', hint: 'It is tried again.' },
  { said: /OOM|maxmemory/, means: 'is full', hint: 'Raise maxmemory of Redis, or free some of it.' },
  { said: /MISCONF/, means: 'takes no writes because it cannot save its data', hint: 'Free its disk, or see the log of Redis.' },
  { said: /LOADING/, means: 'is still loading its data', hint: 'It is tried again.' },
  { said: /MOVED|CROSSSLOT|CLUSTERDOWN/, means: 'is part of a Redis Cluster', hint: 'Write redis+cluster://host1,host2.' },
  { said: /WRONGTYPE/, means: 'holds something else where the cluster keeps its state', hint: 'Use a namespace of its own, or delete the foreign keys.' },
]

const NOT_CONNECTED: Meaning = { said: /isn't writeable|Connection is closed|ECONNRESET|EPIPE|socket hang up|aborted due to connection close|None of startup nodes/i, means: 'is not connected', hint: 'It is tried again.' }
/** At the very start a connection that is closed without a word has another reason than later. */
const CLOSED_AT_ONCE = { means: 'closed the connection without a word', hint: 'If it wants TLS, write rediss://.' }

/** `label`: the address without the password. `starting`: nothing worked with it before. */
export function explainRedis(error: unknown, label: string, starting = false): AppError {
  if (error instanceof AppError) return error
  const said = saidBy(error)
  const known = MEANINGS.find((meaning) => meaning.said.test(said))
  const meaning = known ?? (NOT_CONNECTED.said.test(said) ? (starting ? CLOSED_AT_ONCE : NOT_CONNECTED) : null)
  const code: AppErrorCode = starting ? 'cannot-start' : 'store-unavailable'
  if (meaning === null) return new AppError(code, `Redis at ${label} failed: ${said.trim()}.`, { cause: error })
  return new AppError(code, `Redis at ${label} ${meaning.means}.`, { hint: meaning.hint, cause: error })
}

/** A cluster client wraps what its last node said. */
function saidBy(error: unknown): string {
  const { code = '', message = String(error), lastNodeError } = error as { code?: string; message?: string; lastNodeError?: unknown }
  return lastNodeError === undefined || lastNodeError === null ? `${code} ${message}` : saidBy(lastNodeError)
}
