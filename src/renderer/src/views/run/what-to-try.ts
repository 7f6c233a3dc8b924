import type { ErrorKind } from '../../../../shared/errors.ts'
import type { TextKey } from '../../locales/index.ts'

/** What a kind of failure usually means to someone whose run had no answer at all. */
export function whatToTry(kind: ErrorKind | undefined): TextKey {
  switch (kind) {
    case 'refused': return 'silent.refused'
    case 'dns': return 'silent.dns'
    case 'tls': return 'silent.tls'
    case 'timeout':
    case 'connect-timeout': return 'silent.timeout'
    case 'too-many-files':
    case 'ports-exhausted': return 'silent.own'
    default: return 'silent.other'
  }
}
