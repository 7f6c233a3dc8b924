import { outcomeOf, type Row } from './row.ts'
import type { GroupName } from './options.ts'

/** Rows of one group, in the order measured. */
export interface GroupResult {
  group: GroupName
  rows: Row[]
}

const TITLES: Record<GroupName, string> = {
  cpu: 'CPU per request, closed loop over 50 kept connections',
  pace: 'Constant rate, by the arrivals that the target recorded',
  start: 'Launch and memory of a run without a window',
  idle: 'Idle kept connections',
  record: 'Recording and judging a response',
  lag: 'Schedule lag and its price',
  stall: 'A target that freezes 500 ms in every 5 s, 1,000/s',
  memory: 'Memory over time',
  overhead: 'The whole product against its engine alone, 5,000/s',
  lanes: 'CPU per exchange of the lanes alone, 50 at once, start-up excluded',
  fleet: 'One master and one Redis under a simulated fleet, each worker with a heartbeat and a sample per second',
}

/** Three significant digits, thousands with commas; `–` for what was not measured. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const rounded = Number(value.toPrecision(3))
  return Math.abs(rounded) >= 1000 ? Math.round(value).toLocaleString('en') : String(rounded)
}

/** For the terminal. */
export function rowLine(row: Row): string {
  const { what, unit, goal, spread, discarded, quiet, note } = row
  const figure = spread.n === 0 ? '–' : `${formatFigure(spread.median)} ${unit} (${formatFigure(spread.min)}–${formatFigure(spread.max)}, n ${spread.n})`
  const remarks = [goal === null ? '' : `goal ≤ ${formatFigure(goal)}: ${outcomeOf(row)}`, quiet ? '' : 'busy machine', discarded > 0 ? `${discarded} discarded` : '', note]
  return `  ${[`${what}: ${figure}`, ...remarks.filter((remark) => remark !== '')].join('; ')}`
}

/** docs/benchmarks.md. */
export function markdownOf(results: readonly GroupResult[], machine: readonly [string, string][], command: string): string {
  return [
    '# Benchmarks',
    '',
    `Written by \`${command}\`. Do not edit: run it again.`,
    '',
    ...machine.map(([name, value]) => `- ${name}: ${value}`),
    '',
    ...METHOD,
    ...results.flatMap(({ group, rows }) => ['', `## ${TITLES[group]}`, '', ...markdownTable(rows)]),
    '',
  ].join('\n')
}

/** Lines of a table. */
export function markdownTable(rows: readonly Row[]): string[] {
  return ['| what | goal | median | min – max | n | outcome | remarks |', '|---|---|---|---|---|---|---|', ...rows.map(tableLine)]
}

function tableLine(row: Row): string {
  const { what, unit, goal, spread, discarded, quiet, note } = row
  const withUnit = (value: number): string => (unit === '' || !Number.isFinite(value) ? formatFigure(value) : `${formatFigure(value)} ${unit}`)
  const range = spread.n === 0 ? '–' : `${formatFigure(spread.min)} – ${formatFigure(spread.max)}`
  const outcome = outcomeOf(row)
  const remarks = [quiet ? '' : 'busy machine', discarded > 0 ? `${discarded} loud rounds discarded` : '', note].filter((remark) => remark !== '')
  return `| ${[what, goal === null ? '' : `≤ ${withUnit(goal)}`, withUnit(spread.median), range, spread.n, outcome === 'not met' ? '**not met**' : outcome, remarks.join('; ')].join(' | ')} |`
}

const METHOD = [
  'How to read it: everything runs on loopback, the server on one core, the client on another. Contestants run in',
  'interleaved rounds, one right after the other, and a ratio is taken within each round; shown are the median of the',
  'rounds, the least and the greatest, and their number. CPU is user + system of the whole client process tree divided by',
  'the requests that the *server* counted. Rounds in which other programs used more than 25 % of a core, or the hypervisor',
  'took more than 8 %, are thrown away and repeated; where too few quiet rounds were to be had the row says "busy machine".',
  'Start-up excluded: the difference between two instants of the same run. A goal is met when the median meets it.',
  'Of the lanes alone: what a process used and how many answers it got in two seconds after a warm-up of two; h2load counts whole.',
]
