import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../../../src/main/engine/measure/check-predicates.ts'
import { Checks } from '../../../../src/main/engine/measure/checks.ts'
import type { CheckFailure } from '../../../../src/main/engine/measure/checks.ts'
import { checksOf } from '../../../../src/shared/task/check.ts'

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Two: a\r\nx-two: b\r\n\r\n'

function judge(expressions: string[], exchange: Partial<Exchange> = {}): { failure: CheckFailure | null; passed: number[]; failed: number[] } {
  const checks = new Checks(checksOf({ checks: expressions }))
  const passed = new Float64Array(checks.count)
  const failed = new Float64Array(checks.count)
  const given: Exchange = { status: 200, head: Buffer.from(HEAD), body: Buffer.from('{"ok":true}'), bytesReceived: HEAD.length + 11, responseTimeMs: 12, ...exchange }
  return { failure: checks.judge(given, passed, failed), passed: [...passed], failed: [...failed] }
}

describe('Checks', () => {
  it('fail a status of 400 and above where the task says nothing about the status', () => {
    expect(judge([]).failure).toBeNull()
    expect(judge([], { status: 503 }).failure).toEqual({ status: 503, message: '503 Service Unavailable' })
    expect(judge([], { status: 499 }).failure).toEqual({ status: 499, message: '499' })
    expect(judge(['status in 200-299,503'], { status: 503 }).failure).toBeNull()
  })

  it('know in advance which status they refuse', () => {
    const checks = new Checks(checksOf({ checks: ['status in 2xx', 'status != 204'] }))
    expect([200, 204, 302].map((status) => checks.refusesStatus(status))).toEqual([false, true, true])
  })

  it.each([
    ['body contains "ok"', true], ['body contains "no"', false], ['body not contains "no"', true],
    ['body == "{\\"ok\\":true}"', true], ['body != "x"', true],
    ['header content-type contains "json"', true], ['header x-two == "b"', true], ['header x-two == "c"', false],
    ['header etag exists', false], ['header etag not exists', true], ['header etag != "x"', true], ['header etag contains "x"', false],
    ['size == 11b', true], ['size > 1kb', false], ['duration < 500ms', true], ['duration < 10ms', false],
  ])('judge %s', (expression, holds) => {
    const { failure, passed, failed } = judge([expression])
    expect(failure === null).toBe(holds)
    expect([passed[0], failed[0]]).toEqual(holds ? [1, 0] : [0, 1])
  })

  it('name the first check that failed, but a refused status before all others', () => {
    expect(judge(['body contains "no"', 'duration < 1ms']).failure).toEqual({ status: 0, message: 'body contains "no"' })
    expect(judge(['body contains "no"'], { status: 500 }).failure).toEqual({ status: 500, message: '500 Internal Server Error' })
  })

  it('count every check, whatever the others say', () => {
    expect(judge(['body contains "no"', 'body contains "ok"'])).toMatchObject({ passed: [0, 1, 1], failed: [1, 0, 0] })
  })

  it('ask for content only where a check looks into it', () => {
    expect(new Checks(checksOf({ checks: ['status == 200', 'duration < 1s'] })).needsContent).toBe(false)
    expect(new Checks(checksOf({ checks: ['header etag exists'] })).needsContent).toBe(true)
    expect(new Checks(checksOf({ checks: ['size < 10kb'] })).needsContent).toBe(true)
  })

  it('judge the size of a body longer than what is collected by what came over the wire', () => {
    expect(judge(['size > 2mb'], { body: Buffer.alloc(1_048_576), bytesReceived: 3_000_000 }).failure).toBeNull()
  })
})
