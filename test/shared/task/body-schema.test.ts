import { describe, expect, it } from 'vitest'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'
import type { RequestSpec } from '../../../src/shared/task/task.ts'

const load = { rate: 500, duration: '30s' }

function read(body: object): { request: RequestSpec | null; problems: string[] } {
  const parsed = parseTaskSpec({ load, request: { url: 'https://api.example.com/orders', ...body } })
  if (parsed.ok) expect(parseTaskSpec(parsed.value)).toMatchObject({ ok: true, value: parsed.value })
  return { request: parsed.ok ? parsed.value.request : null, problems: parsed.ok ? [] : parsed.problems.map(({ path, message, hint }) => `${path}: ${message} ${hint}`) }
}

describe('the body of a request', () => {
  it('is a form, or parts of one, and makes a POST', () => {
    expect(read({ form: { user: 'ada', n: 5, tag: ['a', 'b'] } }).request).toMatchObject({ method: 'POST', form: { user: 'ada', n: '5', tag: ['a', 'b'] } })
    expect(read({ multipart: [{ name: 'title', value: '{{seq}}' }, { name: 'file', base64: 'AAEC', filename: 'a.bin' }] }).request).toMatchObject({ method: 'POST', multipart: [{ name: 'title', value: '{{seq}}' }, { name: 'file', base64: 'AAEC', filename: 'a.bin' }] })
  })

  it('is one, and what is wrong with it is named by its path', () => {
    expect(read({ body: 'a', form: {} }).problems).toEqual([expect.stringContaining('request.form: body and form exclude each other.')])
    expect(read({ multipart: [{ name: 'a', value: '1' }], bodyBase64: '' }).problems[0]).toMatch(/^request.multipart: bodyBase64 and multipart exclude/)
    expect(read({ multipart: [{ name: 'a', value: '1' }], headers: { 'Content-type': 'multipart/form-data' } }).problems[0]).toMatch(/^request.headers.Content-type: A multipart body says itself/)
    expect(read({ form: { a: { b: 1 } } }).problems[0]).toMatch(/^request.form.a: The value of "a" is text, not an object/)
    expect(read({ form: { a: '{{nobody.x}}' } }).problems[0]).toMatch(/^request.form.a: No data named nobody/)
    expect(read({ multipart: [{ name: 'a', value: '{{nope}}' }] }).problems[0]).toMatch(/^request.multipart\[0\].value:/)
    expect(read({ multipart: [] }).problems[0]).toMatch(/^request.multipart: multipart is a list/)
    expect(read({ multipart: [{ name: 'a' }] }).problems[0]).toMatch(/^request.multipart\[0\].value: The part "a" has nothing in it/)
    expect(read({ multipart: [{ name: 'a', value: '1', base64: '' }] }).problems[0]).toMatch(/exclude each other/)
    expect(read({ multipart: [{ name: 'a', value: '1', filename: 'a\r\nb' }] }).problems[0]).toMatch(/^request.multipart\[0\].filename: .*line break/)
    expect(read({ multipart: [{ name: 'a', base64: '!' }] }).problems[0]).toMatch(/not base64/)
    expect(read({ multipart: [{ name: 'a', path: 'x' }] }).problems[0]).toMatch(/A part has no "path"/)
  })

  it('reads no file where a task arrives from outside', () => {
    expect(read({ bodyFile: '/etc/passwd' }).problems).toEqual([expect.stringMatching(/^request.bodyFile: Files are read where a task file is given, not here. Send the bytes/)])
    expect(read({ multipart: [{ name: 'a', file: '/etc/passwd' }] }).problems[0]).toMatch(/^request.multipart\[0\].file: Files are read where/)
  })

  it('has at most 4 MiB', () => {
    const text = 'x'.repeat(2_200_000)
    expect(read({ form: { a: text, b: text } }).problems[0]).toMatch(/larger than 4 MiB/)
    expect(read({ multipart: [{ name: 'a', value: text }, { name: 'b', base64: text }] }).request).not.toBeNull()
    expect(read({ multipart: [{ name: 'a', value: text }, { name: 'b', value: text }] }).problems[0]).toMatch(/larger than 4 MiB together/)
  })
})
