import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_STATUS_CHECK, checksOf, formatCheck, parseCheck } from '../../../src/shared/task/check.ts'
import type { Check } from '../../../src/shared/task/check.ts'

const accepted: [text: string, canonical: string, check: Check][] = [
  ['status == 200', 'status == 200', { subject: 'status', operator: '==', value: 200 }],
  [' STATUS=204 ', 'status == 204', { subject: 'status', operator: '==', value: 204 }],
  ['status<400', 'status < 400', { subject: 'status', operator: '<', value: 400 }],
  ['status in 200-299, 304', 'status in 200-299,304', { subject: 'status', operator: 'in', ranges: [[200, 299], [304, 304]] }],
  ['status in 2xx', 'status in 200-299', { subject: 'status', operator: 'in', ranges: [[200, 299]] }],
  ['body contains "id"', 'body contains "id"', { subject: 'body', operator: 'contains', text: 'id' }],
  ['body contains all is well', 'body contains "all is well"', { subject: 'body', operator: 'contains', text: 'all is well' }],
  [`body not contains 'it\\'s'`, `body not contains "it's"`, { subject: 'body', operator: 'not contains', text: "it's" }],
  ['body equals "pong"', 'body == "pong"', { subject: 'body', operator: '==', text: 'pong' }],
  ['body == ""', 'body == ""', { subject: 'body', operator: '==', text: '' }],
  ['body contains "日本"', 'body contains "日本"', { subject: 'body', operator: 'contains', text: '日本' }],
  ['header Content-Type contains json', 'header content-type contains "json"', { subject: 'header', name: 'content-type', operator: 'contains', text: 'json' }],
  ['header x-a != b', 'header x-a != "b"', { subject: 'header', name: 'x-a', operator: '!=', text: 'b' }],
  ['header x!=b', 'header x != "b"', { subject: 'header', name: 'x', operator: '!=', text: 'b' }],
  ['header etag exists', 'header etag exists', { subject: 'header', name: 'etag', operator: 'exists' }],
  ['header etag not exists', 'header etag not exists', { subject: 'header', name: 'etag', operator: 'not exists' }],
  ['$.ok==true', '$.ok == true', { subject: 'json', path: { steps: ['ok'] }, operator: '==', value: true }],
  ["$['odd key'][-1].a[*] != abc", '$["odd key"][-1].a[*] != "abc"', { subject: 'json', path: { steps: ['odd key', -1, 'a', null] }, operator: '!=', value: 'abc' }],
  ['$.n >= 1.5', '$.n >= 1.5', { subject: 'json', path: { steps: ['n'] }, operator: '>=', value: 1.5 }],
  ['$[0].x not exists', '$[0].x not exists', { subject: 'json', path: { steps: [0, 'x'] }, operator: 'not exists' }],
  ['$.name matches "^a+$"', '$.name matches "^a+$"', { subject: 'json', path: { steps: ['name'] }, operator: 'matches', text: '^a+$' }],
  ['body matches "\\d+"', 'body matches "\\\\d+"', { subject: 'body', operator: 'matches', text: '\\d+' }],
  ['header x-a not matches ^b', 'header x-a not matches "^b"', { subject: 'header', name: 'x-a', operator: 'not matches', text: '^b' }],
  ['size < 10kb', 'size < 10kb', { subject: 'size', operator: '<', bytes: 10_000 }],
  ['size >= 1KiB', 'size >= 1024b', { subject: 'size', operator: '>=', bytes: 1024 }],
  ['duration < 500ms', 'duration < 500ms', { subject: 'duration', operator: '<', ms: 500 }],
  ['duration <= 1.5 s', 'duration <= 1.5s', { subject: 'duration', operator: '<=', ms: 1500 }],
  ['duration < 0.25ms', 'duration < 250us', { subject: 'duration', operator: '<', ms: 0.25 }],
]

describe('a check', () => {
  it.each(accepted)('reads %s', (text, canonical, check) => {
    expect(parseCheck(text)).toEqual({ ok: true, check })
    expect(formatCheck(check)).toBe(canonical)
  })

  it.each([
    ['', 'empty', 'status == 200'],
    ['statsu == 200', '"statsu" cannot be checked', 'Did you mean "status"?'],
    ['status', 'no check of the status', 'status == 200'],
    ['status ~ 200', 'no check of the status', 'status == 200'],
    ['status == 2xx', 'not one status', 'status in'],
    ['status == 42', 'not one status', 'status in'],
    ['status in', 'neither a status nor a range', 'status in 200-299,304'],
    ['status in 299-200', 'ends before it begins', 'Write 200-299.'],
    ['status in 200,,', 'neither a status nor a range', '200-299'],
    ['body', 'how to compare', 'body contains "id"'],
    ['body contains', 'what to look for', 'body contains "id"'],
    ['body contains "open', 'not closed', 'body contains "id"'],
    ['body contains "a" b', 'text follows', 'body contains "id"'],
    ['header', 'name of a header', 'header content-type'],
    ['header a b', 'how to compare', 'header a contains'],
    ['header a: b', 'name of a header', 'header content-type'],
    ['size < 10', 'a number with its unit', 'size < 10kb'],
    ['size 10kb', 'needs a comparison', 'size < 10kb'],
    ['duration < 500', 'a number with its unit', 'duration < 500ms'],
    ['duration < -1s', 'a number with its unit', 'duration < 500ms'],
    ['$.ok', 'how to compare', '$.ok == true'],
    ['$.items[0.sku == 1', 'opened at character 8 is not closed', 'Did you mean $.items[0].sku == 1?'],
    ['$..sku == 1', 'descends into everything', '$.items[*].sku'],
    ['$.items[?(@.a)] exists', 'a filter', 'Name the place'],
    ['$.a b == 1', 'how to compare', '$.ok == true'],
    ['$.n > abc', 'no number', '$.count > 10'],
    ['$.a == "x', 'not closed', '$.ok == true'],
    ['body matches "(?=a)"', 'looks around or back', 'Write it without'],
    ['body matches (a)\\1', 'looks around or back', 'Write it without'],
    ['body matches', 'expression is empty', 'body matches'],
    ['x'.repeat(5000), 'longer than', 'shorter'],
  ])('refuses what says %2$s, with a cure', (text, message, hint) => {
    const parsed = parseCheck(text)
    expect(parsed).toMatchObject({ ok: false, problem: { message: expect.stringContaining(message), hint: expect.stringContaining(hint) } })
  })

  it('never throws, and its canonical form means the same', () => {
    const words = fc.constantFrom('status', 'body', 'header', 'size', 'duration', 'in', 'not', 'contains', 'exists', '==', '<', '200', '200-299,304', '10kb', '1.5s', '"a\\n"', "'b'", ' ', 'etag')
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.oneof({ weight: 6, arbitrary: words }, fc.string({ maxLength: 3 })), { maxLength: 7 }).map((parts) => parts.join(' ')))
    fc.assert(fc.property(text, (expression) => {
      const parsed = parseCheck(expression)
      if (parsed.ok) expect(parseCheck(formatCheck(parsed.check))).toEqual(parsed)
      else expect(parsed.problem.hint).toBeTruthy()
    }), { numRuns: 3000 })
  })
})

describe('the checks of a task', () => {
  it('end with the default on the status when none is on it', () => {
    expect(checksOf({ checks: ['body contains "ok"'] }).map(formatCheck)).toEqual(['body contains "ok"', DEFAULT_STATUS_CHECK])
  })

  it('are its own when one is on the status', () => {
    expect(checksOf({ checks: ['status == 404', 'size < 1kb'] }).map(formatCheck)).toEqual(['status == 404', 'size < 1kb'])
  })
})
