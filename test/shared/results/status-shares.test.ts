import { expect, test } from 'vitest'
import type { ErrorKind } from '../../../src/shared/errors.ts'
import { statusShares } from '../../../src/shared/results/status-shares.ts'
import type { ErrorGroup } from '../../../src/shared/results/summary.ts'
import { NO_TOTALS } from '../../renderer/synthetic-run.ts'

function failures(kind: ErrorKind, count: number): ErrorGroup {
  return { kind, status: 0, message: kind, count, firstAtMs: 0, samples: [] }
}

test('what failed otherwise than by a check had no response', () => {
  const errors = [failures('check', 2), failures('timeout', 1)]
  expect(statusShares({ statusCodes: { 503: 2, 200: 7, 418: 0 }, totals: { ...NO_TOTALS, completed: 10, failed: 3 }, errors })).toEqual([
    { status: 200, count: 7, token: 'code-2xx' },
    { status: 503, count: 2, token: 'code-5xx' },
    { status: 0, count: 1, token: 'code-none' },
  ])
})
