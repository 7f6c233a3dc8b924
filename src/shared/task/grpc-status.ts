/** What came of a call, by number: the status codes of gRPC (github.com/grpc/grpc, doc/statuscodes.md). */
export const GRPC_STATUSES = [
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
] as const

/** The code of a name or a number in text; null for what is neither. */
export function grpcStatusOf(text: string): number | null {
  const code = /^\d{1,2}$/.test(text) ? Number(text) : GRPC_STATUSES.findIndex((name) => name === text.toUpperCase())
  return code >= 0 && code < GRPC_STATUSES.length ? code : null
}

/** `14 UNAVAILABLE`; the number alone where it has no name. */
export function grpcStatusText(code: number): string {
  const name = GRPC_STATUSES[code]
  return name === undefined ? String(code) : `${code} ${name}`
}
