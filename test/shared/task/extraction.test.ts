import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatExtraction, parseExtraction } from '../../../src/shared/task/extraction.ts'

function canonical(text: string): string {
  const parsed = parseExtraction(text)
  if (!parsed.ok) throw new Error(parsed.problem.message)
  return formatExtraction(parsed.extraction)
}

function refusal(text: string): string {
  const parsed = parseExtraction(text)
  if (parsed.ok) throw new Error('accepted')
  return `${parsed.problem.message} ${parsed.problem.hint}`
}

describe('what a step extracts', () => {
  it.each([
    ['$.token', '$.token'],
    [" $['odd key'][0].id ", '$["odd key"][0].id'],
    ['body "token=(\\w+)"', 'body "token=(\\\\w+)"'],
    ["body matches 'id=(\\d+)'", 'body "id=(\\\\d+)"'],
    ['Header Location', 'header location'],
    ['header location "/orders/(\\d+)"', 'header location "/orders/(\\\\d+)"'],
    ['cookie SID', 'cookie SID'],
    ['STATUS', 'status'],
  ])('%s is read, and its canonical form says the same', (written, text) => {
    expect(canonical(written)).toBe(text)
    expect(canonical(text)).toBe(text)
  })

  it.each([
    ['', 'is empty'],
    ['jq .token', 'Known: $.path'],
    ['$.token == 1', 'Nothing may follow the path $.token'],
    ['$..token', 'descends into everything'],
    ['body', 'body "token='],
    ['body "a', 'not closed'],
    ['body "(?=a)"', 'linear time'],
    ['header', 'name of a header'],
    ['header location: x', 'name of a header'],
    ['cookie', 'name of a cookie'],
    ['cookie a b', 'name of a cookie'],
    ['status 200', 'Nothing may follow'],
    ['x'.repeat(5000), 'longer than'],
  ])('%s is refused with a cure', (written, text) => {
    expect(refusal(written)).toContain(text)
  })

  it('never throws, and what it accepts it reads the same again', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.tuple(fc.constantFrom('body ', 'header x ', 'cookie ', '$.', 'status'), fc.string()).map(([a, b]) => a + b)), (text) => {
      const parsed = parseExtraction(text)
      if (parsed.ok) expect(canonical(formatExtraction(parsed.extraction))).toBe(formatExtraction(parsed.extraction))
    }))
  })
})
