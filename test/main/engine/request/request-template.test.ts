import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRequest } from '../../../../src/main/engine/request/template.ts'
import { drawn } from '../../../../src/main/engine/request/drawn.ts'
import type { RequestSpec, TaskSpec } from '../../../../src/shared/task/task.ts'
import { specOf } from '../../../conformance/lane-driver.ts'

function sourceOf(request: Partial<RequestSpec>, rest: Partial<TaskSpec> = {}, seed = 1) {
  const { url = 'http://shop.example/', ...others } = request
  return compileRequest({ ...specOf({ url, request: others }), ...rest }, { seed }).source!
}

const utf8 = (binary: string): string => Buffer.from(binary, 'latin1').toString('utf8')

/** The message in parts, as a server reads it. */
function read(text: string): { line: string; fields: [string, string][]; body: Buffer } {
  const wire = Buffer.from(text, 'latin1')
  const end = wire.indexOf('\r\n\r\n')
  const [line = '', ...lines] = wire.toString('utf8', 0, end).split('\r\n')
  return { line, fields: lines.map((one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 2)]), body: wire.subarray(end + 4) }
}

describe('a request with variables', () => {
  it('is the same message as a fixed one, with the values in their places', () => {
    const source = sourceOf({ method: 'POST', url: 'http://shop.example/{{vars.shop}}/{{seq}}?q={{vars.shop}}&n={{seq}}', headers: { 'X-N': '{{seq}}', 'X-Fixed': 'ü' }, body: 'n={{seq}} ü' }, { vars: { shop: 'a b' } })
    expect(utf8(source.textFor(12))).toBe('POST /a%20b/12?q=a%20b&n=12 HTTP/1.1\r\nHost: shop.example\r\nX-N: 12\r\nX-Fixed: ü\r\nUser-Agent: stampede\r\nContent-Length: 7\r\n\r\nn=12 ü')
    const { path, headers, body, wire } = source.requestFor(12)
    expect([path, headers, body?.toString()]).toEqual(['/a%20b/12?q=a%20b&n=12', [['Host', 'shop.example'], ['X-N', '12'], ['X-Fixed', 'ü'], ['User-Agent', 'stampede'], ['Content-Length', '7']], 'n=12 ü'])
    expect(wire.toString('latin1')).toBe(source.textFor(12))
  })

  it('has no source when nothing in it differs', () => {
    expect(compileRequest(specOf({ url: 'http://shop.example/' })).source).toBeUndefined()
  })

  it('keeps a fixed body as it is, also a binary one', () => {
    const bytes = Buffer.from([0, 255, 13, 10])
    const wire = sourceOf({ method: 'POST', headers: { 'X-N': '{{seq}}' }, bodyBase64: bytes.toString('base64') }).textFor(3)
    expect(read(wire)).toMatchObject({ fields: expect.arrayContaining([['X-N', '3'], ['Content-Length', '4']]), body: bytes })
  })

  it('says words in the place of a variable only if they were meant', () => {
    const wire = sourceOf({ url: 'http://shop.example/zvz0zvz/{{seq}}', headers: { a: 'ZVZ1ZVZ' } }).textFor(5)
    expect(read(wire)).toMatchObject({ line: 'GET /zvz0zvz/5 HTTP/1.1', fields: expect.arrayContaining([['a', 'ZVZ1ZVZ']]) })
  })

  it('cannot be broken out of by any value', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
      const request = { method: 'POST', url: 'http://shop.example/{{vars.v}}/end?q={{vars.v}}&z={{seq}}', headers: { 'X-V': '<{{vars.v}}>', 'Content-Type': 'application/json' }, body: '{"v":"{{vars.v}}","n":{{seq}}}' }
      const { line, fields, body } = read(sourceOf(request, { vars: { v: value } }).textFor(1))
      const target = new URL(`http://x${line.split(' ')[1]}`)
      expect(line.split(' ')).toHaveLength(3)
      if (!/^\.{0,2}$/.test(value)) expect(target.pathname.split('/')).toEqual(['', expect.any(String), 'end'])
      expect([...target.searchParams]).toEqual([['q', value.toWellFormed()], ['z', '1']])
      expect(fields.map(([name]) => name)).toEqual(['Host', 'X-V', 'Content-Type', 'User-Agent', 'Content-Length'])
      expect(JSON.parse(body.toString('utf8'))).toEqual({ v: value.toWellFormed(), n: 1 })
      expect(fields.find(([name]) => name === 'Content-Length')?.[1]).toBe(String(body.length))
    }))
  })

  it.each<[string, string, string]>([
    ['application/x-www-form-urlencoded', 'a={{vars.v}}&b=1', 'a=%22%3C%26%20x&b=1'],
    ['text/xml; charset=utf-8', '<a>{{vars.v}}</a>', '<a>&#34;&#60;&#38; x</a>'],
    ['text/plain', '{"{{vars.v}}"}', '{""<& x"}'],
    ['', ' {"a":"{{vars.v}}","b":"\\"{{vars.v}}"}', ' {"a":"\\"<& x","b":"\\"\\"<& x"}'],
    ['', 'hello {{vars.v}}', 'hello "<& x'],
  ])('writes a value as %s needs it: %s', (type, body, expected) => {
    const wire = sourceOf({ method: 'POST', headers: type === '' ? {} : { 'content-type': type }, body }, { vars: { v: '"<& x' } }).textFor(1)
    expect(read(wire).body.toString()).toBe(expected)
  })

  it('draws the same numbers wherever an iteration is executed, and others in every place and run', () => {
    const body = '{{int 1 1000000}},{{int 1 1000000}}'
    const at = (seed: number, n: number): string => read(sourceOf({ method: 'POST', body }, {}, seed).textFor(n)).body.toString()
    expect(at(7, 5)).toBe(at(7, 5))
    const [first, second] = at(7, 5).split(',')
    expect(first).not.toBe(second)
    expect(new Set([at(7, 5), at(7, 6), at(8, 5)]).size).toBe(3)
  })

  it('gives every request a UUID of its own, and the time it is sent', () => {
    const source = sourceOf({ method: 'POST', body: '{{uuid}} {{now}} {{now s}} {{now iso}}' })
    const texts = Array.from({ length: 50 }, (_, i) => read(source.textFor(i)).body.toString().split(' '))
    expect(new Set(texts.map(([id]) => id)).size).toBe(50)
    for (const [id = '', ms, s, iso = ''] of texts) {
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
      expect(Math.abs(Number(ms) - Date.parse(iso))).toBeLessThan(1000)
      expect(Math.abs(Number(s) * 1000 - Number(ms))).toBeLessThan(2000)
    }
  })
})

describe('numbers drawn by seed and number', () => {
  it('are spread evenly, within their bounds', () => {
    const counts = new Array<number>(5).fill(0)
    for (let n = 1; n <= 50_000; n++) counts[Math.floor(drawn(99, n) * 5)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('differ for numbers beyond 32 bits', () => {
    expect(drawn(1, 2 ** 40 + 1)).not.toBe(drawn(1, 1))
  })
})
