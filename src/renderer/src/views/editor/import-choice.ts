import type { ImportInput } from '../../../../shared/contract/contract.ts'
import type { Pasted } from '../../stores/tasks.ts'

/** What was chosen of a file, as the command that reads it anew. */

/** Of one task; more than that would be left out anyway. */
export const MOST_TAKEN = 100
/** The servers of the file, or of each request. */
export const AS_WRITTEN = 'as-written'
export const ELSEWHERE = 'elsewhere'

export interface Choice {
  chosen: ReadonlySet<string>
  /** One of the file's, or {@link AS_WRITTEN}, or {@link ELSEWHERE}. */
  server: string
  address: string
}

/** Requests are named even where all are taken: left alone, a file keeps some back, such as static files of a recording. */
export function inputOf({ format, text = '', requests = [] }: Pick<Pasted, 'format' | 'text' | 'requests'>, { chosen, server, address }: Choice): ImportInput {
  const to = server === ELSEWHERE ? address.trim() : server === AS_WRITTEN ? '' : server
  return {
    format: format ?? 'auto', text,
    select: requests.filter((request) => chosen.has(request)),
    ...(to === '' ? {} : { server: to }),
  }
}
