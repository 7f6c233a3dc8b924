import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRequest } from '../../../../src/main/engine/request/template.ts'
import type { CompiledRequest } from '../../../../src/main/engine/lanes/compiled-request.ts'
import type { RequestSpec, TaskSpec } from '../../../../src/shared/task/task.ts'
import { specOf } from '../../../conformance/lane-driver.ts'

const URL = 'http://shop.example/'

function compile(request: Partial<RequestSpec>, rest: Partial<TaskSpec> = {}): CompiledRequest {
  return compileRequest({ ...specOf({ url: URL, request: { method: 'POST', ...request } }), ...rest }, { seed: 7 })
}

/** As the parser of undici reads it, which was not written here. */
async function formOf({ headers, body }: CompiledRequest): Promise<[string, string | { name: string; type: string; bytes: number[] }][]> {
  const form = await new Response(new Uint8Array(body!), { headers: headers.filter(([name]) => name === 'Content-Type') }).formData()
  return Promise.all([...form].map(async ([name, value]) => [name, typeof value === 'string' ? value : { name: value.name, type: value.type, bytes: [...new Uint8Array(await value.arrayBuffer())] }] as const)) as never
}

describe('a form as the body', () => {
  it('arrives as it was meant, whatever is in it', async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 8 }).filter((name) => !/^\d+$/.test(name)), fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('{{')), { maxKeys: 5 }), async (form) => {
      expect(await formOf(compile({ form }))).toEqual(Object.entries(form).map(([name, value]) => [name, value]))
    }), { numRuns: 50 })
  })

  it('sends a field of several values more than once, and variables in their places', async () => {
    const source = compile({ form: { tag: ['a b', 'c&d'], user: '{{vars.name}}', n: '{{seq}}', odd: "{{'&'}}x" } }, { vars: { name: 'Ada & Söhne=x' } }).source!
    expect(await formOf(source.requestFor(3))).toEqual([['tag', 'a b'], ['tag', 'c&d'], ['user', 'Ada & Söhne=x'], ['n', '3'], ['odd', '&x']])
    const text = source.textFor(3)
    expect(text.slice(0, text.indexOf('\r\n\r\n'))).toContain('Content-Type: application/x-www-form-urlencoded')
    expect(text).toContain(`Content-Length: ${text.slice(text.indexOf('\r\n\r\n') + 4).length}`)
  })

  it('says what it is only where the request does not', () => {
    const types = compile({ form: { a: '1' }, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' } }).headers.filter(([name]) => name.toLowerCase() === 'content-type')
    expect(types).toEqual([['content-type', 'application/x-www-form-urlencoded; charset=UTF-8']])
  })
})

describe('a multipart form as the body', () => {
  it('arrives with its texts and the bytes of its files', async () => {
    const bytes = [...Array(256).keys(), 13, 10, 45, 45, 123, 123]
    const request = compile({ multipart: [{ name: 'title', value: 'Größe' }, { name: 'up"load', base64: Buffer.from(bytes).toString('base64'), filename: 'a "b".bin' }, { name: 'data', value: '{"a":1}', contentType: 'application/json', filename: 'a.json' }] })
    expect(await formOf(request)).toEqual([['title', 'Größe'], ['up"load', { name: 'a "b".bin', type: 'application/octet-stream', bytes }], ['data', { name: 'a.json', type: 'application/json', bytes: [...Buffer.from('{"a":1}')] }]])
  })

  it('has variables in its texts, each in its place, and never in the bytes of a file', async () => {
    const file = Buffer.from('{{seq}} stays')
    const multipart = [{ name: 'n', value: '{{seq}}' }, { name: 'file', base64: file.toString('base64'), filename: 'f' }, { name: 'meta', value: '{"who":"{{vars.name}}"}', contentType: 'application/json' }, { name: 'plain', value: '{{vars.name}}' }]
    const source = compile({ multipart }, { vars: { name: 'A "B"\n' } }).source!
    const [n, upload, meta, plain] = await formOf(source.requestFor(12))
    expect(n).toEqual(['n', '12'])
    expect(upload).toEqual(['file', { name: 'f', type: 'application/octet-stream', bytes: [...file] }])
    expect(JSON.parse(meta![1] as string)).toEqual({ who: 'A "B"\n' })
    expect(plain).toEqual(['plain', 'A "B"\n'])
    expect(source.textFor(12)).toContain(`Content-Length: ${source.requestFor(12).body!.length}\r\n`)
  })

  it('has one boundary in a run, that none of its parts holds', () => {
    const boundaryOf = ({ headers }: CompiledRequest): string => /boundary=(\S+)/.exec(headers.find(([name]) => name === 'Content-Type')?.[1] ?? '')?.[1] ?? ''
    const usual = boundaryOf(compile({ multipart: [{ name: 'a', value: 'x' }] }))
    expect(boundaryOf(compile({ multipart: [{ name: 'b', value: 'y' }] }))).toBe(usual)
    const other = boundaryOf(compile({ multipart: [{ name: 'a', value: `--${usual}--` }] }))
    expect(other).not.toBe(usual)
    expect(other).toMatch(/^stampede-[0-9a-f]{16}$/)
  })
})
