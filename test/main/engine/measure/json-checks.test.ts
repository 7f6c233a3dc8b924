import { describe, expect, it } from 'vitest'
import { Checks } from '../../../../src/main/engine/measure/checks.ts'
import { checksOf } from '../../../../src/shared/task/check.ts'
import type { AppError } from '../../../../src/shared/errors.ts'

const BODY = '{"ok":true,"n":5,"user":{"name":"Ada","tags":["x","y"]},"items":[{"sku":"a1"},{"sku":"b2"}],"none":null,"__proto__":{"x":1}}'

function holds(check: string, body: string | null = BODY): boolean {
  const checks = new Checks(checksOf({ checks: [check] }))
  const exchange = { status: 200, head: Buffer.from('HTTP/1.1 200 OK\r\nx-a: abc\r\n'), body: body === null ? null : Buffer.from(body), bytesReceived: 10, responseTimeMs: 1 }
  return checks.judge(exchange, new Float64Array(2), new Float64Array(2)) === null
}

describe('checks on JSON', () => {
  it.each([
    '$.ok == true', '$.n == 5', '$.n > 4.5', '$.user.name == Ada', '$.user.name == "Ada"', '$.user.name contains da', '$.user.tags[-1] == y', '$.items[*].sku == b2',
    '$.items[*].sku matches "^b\\\\d$"', '$.items[1].sku exists', '$.items[2].sku not exists', '$.none == null', '$.none exists', '$.user.toString not exists',
    '$.items[*].sku != c3', '$.items[*].sku not contains z', '$.user.tags contains y', '$.*.name == Ada', '$ exists', '$.__proto__.x == 1',
    'body matches "\\"n\\":\\\\d"', 'body not matches "zzz"', 'header x-a matches "^a.c$"',
  ])('%s holds', (check) => {
    expect(holds(check)).toBe(true)
  })

  it.each([
    '$.ok == "true"', '$.n < 5', '$.user.name > 1', '$.items[*].sku != b2', '$.missing exists', '$.missing == null', '$.items.sku exists', '$.user[0] exists', '$.none not exists',
    'body matches "^x"', 'header x-a not matches "b"', 'header x-b matches "b"',
  ])('%s does not', (check) => {
    expect(holds(check)).toBe(false)
  })

  it.each<[string | null, string]>([['', 'nothing'], ['<html>', 'no JSON'], ['{"ok":tru', 'half of it'], [null, 'no body']])('none holds on %j (%s), not even one that denies', (body) => {
    expect([holds('$.ok == true', body), holds('$.ok not exists', body), holds('$.ok != 1', body)]).toEqual([false, false, false])
  })

  it('a value that is nested too deeply to be written as text is none that fits', () => {
    const body = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect([holds('$.a exists', body), holds('$.a contains x', body), holds('$.a not contains x', body)]).toEqual([true, false, true])
  })

  it('looks at each body anew', () => {
    const checks = new Checks(checksOf({ checks: ['$.n == 1', '$.m exists'] }))
    const exchange = { status: 200, head: null, body: Buffer.from('{"n":1,"m":0}'), bytesReceived: 10, responseTimeMs: 1 }
    const judge = (body: string): string | null => checks.judge(Object.assign(exchange, { body: Buffer.from(body) }), new Float64Array(3), new Float64Array(3))?.message ?? null
    expect([judge('{"n":1,"m":0}'), judge('{"n":2,"m":0}'), judge('{"n":1}'), judge('{"n":1,"m":0}')]).toEqual([null, '$.n == 1', '$.m exists', null])
  })

  it('takes no expression that could stall: not with nested repetitions, not with looking back', () => {
    expect(holds('body matches "(a+)+$"', `${'a'.repeat(50_000)}b`)).toBe(false)
    expect(() => new Checks(checksOf({ checks: ['body matches "(a"'] }))).toThrow(expect.objectContaining({ code: 'bad-input' }) as AppError)
  })
})
