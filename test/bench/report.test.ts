import { describe, expect, test } from 'vitest'
import { formatFigure, markdownOf, rowLine } from '../../bench/report.ts'
import { emptyRow, outcomeOf, plainRow, type Row } from '../../bench/row.ts'

const row = (goal: number | null, ...values: number[]): Row => plainRow('stampede / wrk', '×', goal, values)

describe('a goal', () => {
  test('is met when the median meets it, whatever the worst round', () => {
    expect(outcomeOf(row(1.1, 1, 1.1, 3))).toBe('met')
    expect(outcomeOf(row(1.1, 1, 1.11, 1.2))).toBe('not met')
  })

  test('is not met by what was not measured', () => {
    expect(outcomeOf(row(1.1))).toBe('not measured')
    expect(outcomeOf(row(null, 1))).toBe('')
  })
})

describe('a figure', () => {
  test('has three digits', () => {
    expect([0.064_812, 1.0999, 46.04, 1234.5, 0, -2.046].map(formatFigure)).toEqual(['0.0648', '1.1', '46', '1,235', '0', '-2.05'])
  })

  test('that was not measured is a dash', () => {
    expect(formatFigure(NaN)).toBe('–')
  })
})

test('the terminal shows median, spread, number, goal and what the reader must know', () => {
  expect(rowLine({ ...row(1.1, 0.9, 1, 1.3), quiet: false, discarded: 2, note: 'short' })).toBe('  stampede / wrk: 1 × (0.9–1.3, n 3); goal ≤ 1.1: met; busy machine; 2 discarded; short')
})

test('the page shows a goal that is not met, and a group that failed with its reason', () => {
  const page = markdownOf([{ group: 'cpu', rows: [row(1.1, 1.2), emptyRow('k6', '×', 0.15, 'not here')] }], [['Node', '24']], 'npm run bench')
  expect(page).toContain('| stampede / wrk | ≤ 1.1 × | 1.2 × | 1.2 – 1.2 | 1 | **not met** |  |')
  expect(page).toContain('| k6 | ≤ 0.15 × | – | – | 0 | not measured | not here |')
  expect(page).toContain('- Node: 24')
})
