import { answersOf } from './answers.ts'
import type { RunView } from './run.ts'

/** One status of a run, for the bar and its legend. `token`: colour. Status 0: no response. */
export interface StatusShare {
  status: number
  count: number
  token: string
}

/** Exact codes in order, and what had no response. */
export function statusShares({ statusCodes, totals, errors }: Pick<RunView, 'statusCodes' | 'totals' | 'errors'>): StatusShare[] {
  const codes = Object.entries(statusCodes).map(([status, count]) => ({ status: Number(status), count, token: tokenOf(Number(status)) }))
  const silent = totals.completed - answersOf(totals, errors, statusCodes)
  const known = codes.filter(({ count }) => count > 0).sort((a, b) => a.status - b.status)
  return silent > 0 ? [...known, { status: 0, count: silent, token: 'code-none' }] : known
}

function tokenOf(status: number): string {
  if (status >= 500) return 'code-5xx'
  if (status >= 400) return 'code-4xx'
  return status >= 300 ? 'code-3xx' : 'code-2xx'
}
