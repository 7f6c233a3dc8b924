/**
 * Prints microseconds of this thread's CPU to judge a response by its status and one JSON path, and those of JSON.parse
 * alone: {"checkUs", "parseUs", "bytes"}, each the median of 7 stretches after a warm-up. Bodies are of 1 KB, as an API answers.
 */
import { Checks } from '../../src/main/engine/measure/checks.ts'
import { checksOf } from '../../src/shared/task/check.ts'
import { median } from '../statistics.ts'

const BODIES = 64
const RESPONSES = 40_000

const bodies = Array.from({ length: BODIES }, (_, i) => Buffer.from(JSON.stringify({ user: { id: i, name: `Ada Lovelace ${i}`, email: `ada.${i}@example.com` }, items: itemsFrom(i), total: 8, next: null })))
const exchanges = bodies.map((body) => ({ status: 200, head: Buffer.from('HTTP/1.1 200 OK\r\n'), body, bytesReceived: body.length + 17, responseTimeMs: 1 }))
const checks = new Checks(checksOf({ checks: ['status == 200', '$.items[3].sku contains "sku"'] }))
const [passed, failed] = [new Float64Array(2), new Float64Array(2)]

function itemsFrom(first: number): object[] {
  return Array.from({ length: 8 }, (_, i) => ({ id: first * 100 + i, sku: `sku-${first + i}`, price: 9.99 + i, name: `Product number ${first + i}`, inStock: i % 2 === 0, tags: ['new', 'sale'], note: i % 3 === 0 ? null : 'in two parts' }))
}

function stretch(once: (i: number) => unknown): number {
  const began = process.threadCpuUsage()
  for (let i = 0; i < RESPONSES; i++) once(i % BODIES)
  const { user, system } = process.threadCpuUsage(began)
  return (user + system) / RESPONSES
}

function medianOf(once: (i: number) => unknown): number {
  stretch(once)
  return median(Array.from({ length: 7 }, () => stretch(once)))
}

const checkUs = medianOf((i) => checks.judge(exchanges[i]!, passed, failed))
const parseUs = medianOf((i) => JSON.parse(bodies[i]!.toString('utf8')))
if (failed.some((count) => count > 0)) throw new Error('the check does not hold')
console.log(JSON.stringify({ checkUs, parseUs, bytes: bodies[0]!.length }))
