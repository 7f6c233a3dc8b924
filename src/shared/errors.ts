/**
 * Two sorts of failure, never mixed (docs: ARCHITECTURE.md, "Errors").
 *
 * A *failed request* is data: it has an {@link ErrorKind} and is counted.
 * A *broken call* is an {@link AppError}: it has a closed code, a message that says what is wrong and a
 * hint that says what would be right.
 */

/** Closed list of what can be wrong with one request. Contract: `cli.md`, JSON summary. */
export const ERROR_KINDS = [
  'dns',
  'refused',
  'reset',
  'connect-timeout',
  'timeout',
  'tls',
  'protocol',
  'eof',
  'too-many-files',
  'ports-exhausted',
  'check',
  'aborted',
  'other',
] as const

export type ErrorKind = (typeof ERROR_KINDS)[number]

/** Kinds that are the generator's own fault, never the target's. */
export const OWN_FAULTS: ReadonlySet<ErrorKind> = new Set(['too-many-files', 'ports-exhausted'])

export type AppErrorCode =
  | 'bad-input'
  | 'not-found'
  | 'conflict'
  | 'unauthorized'
  | 'target-not-allowed'
  | 'cannot-start'
  | 'store-unavailable'
  | 'fenced'
  | 'internal'

/** One thing wrong with an input: where, what, and the cure. */
export interface Problem {
  /** JSON path of the offending value, e.g. `load.rate` or `request.headers["x y"]`; a flag such as `--rate` on the command line. */
  path: string
  /** What is wrong, one sentence. */
  message: string
  /** What would be right, e.g. `Did you mean "duration"?` */
  hint?: string
  /** The offending value, where a screen can do something about it: a host to allow. */
  value?: string
}

export class AppError extends Error {
  readonly code: AppErrorCode
  readonly hint: string | undefined
  readonly problems: readonly Problem[]

  constructor(code: AppErrorCode, message: string, options: { hint?: string; problems?: readonly Problem[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.hint = options.hint
    this.problems = options.problems ?? []
  }

  /** The form that crosses a bridge (IPC, HTTP). Never carries a stack. */
  toJSON(): { code: AppErrorCode; message: string; hint?: string; problems?: readonly Problem[] } {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.problems.length === 0 ? {} : { problems: this.problems }),
    }
  }
}
