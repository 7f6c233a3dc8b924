import { z } from 'zod'
import { formatCheck, parseCheck } from './check.ts'
import { field } from './task-fields.ts'
import { formatThreshold, parseThreshold } from './threshold.ts'
import type { Refuse } from './task-fields.ts'

/** Lists of expressions: what a task and its steps check, what a task is judged by. */

const MAX_EXPRESSIONS = 100
/** First words of a check, and the form of a threshold; the rest is judged by their parsers. */
const CHECK = String.raw`^\s*([sS][tT][aA][tT][uU][sS]|[bB][oO][dD][yY]|[hH][eE][aA][dD][eE][rR]|[sS][iI][zZ][eE]|[gG][rR][pP][cC]-[sS][tT][aA][tT][uU][sS]|[dD][uU][rR][aA][tT][iI][oO][nN]|\$)[^]*\S`
const THRESHOLD = String.raw`^\s*[A-Za-z_][\w.]*(\s*:\s*[\w.()]+)?\s*(<=|>=|<|>)\s*[^<>=]+$`

export const checkList = expressions(readCheck, CHECK, 'What a single answer must be like to count as good. Without one on the status, status < 400 holds.', ['status == 200', 'status in 200-299,304', 'body contains "id"', '$.ok == true', 'header content-type contains "json"', 'size < 10kb', 'duration < 500ms'])
export const thresholdList = expressions(readThreshold, THRESHOLD, 'What the whole run must be like to pass; exit code 99 otherwise.', ['p99<200ms', 'errors<1%', 'rate>=95%', 'checks>99%', 'service.p99<100ms'])

function expressions(read: (value: unknown, refuse: Refuse) => string | undefined, pattern: string, description: string, examples: string[]) {
  return z.array(field(read, { type: 'string', pattern, examples })).max(MAX_EXPRESSIONS).meta({ description }).optional()
}

function readCheck(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string') return refuse('A check is text.', 'Write for example "status == 200".')
  const parsed = parseCheck(value)
  return parsed.ok ? formatCheck(parsed.check) : refuse(parsed.problem.message, parsed.problem.hint ?? '')
}

function readThreshold(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string') return refuse('A threshold is text.', 'Write for example "p99<200ms".')
  const parsed = parseThreshold(value)
  return parsed.ok ? formatThreshold(parsed.threshold) : refuse(parsed.problem.message, parsed.problem.hint ?? '')
}
