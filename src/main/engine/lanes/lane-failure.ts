import type { ErrorKind } from '../../../shared/errors.ts'

/** A failed request found by a lane itself; errors of sockets and of undici are translated into kinds instead. */
export class LaneFailure extends Error {
  readonly kind: ErrorKind

  constructor(kind: ErrorKind, message: string) {
    super(message)
    this.kind = kind
  }
}

/** `10 s`, `250 ms`: as people say it in a sentence. */
export function spanOf(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`
}
