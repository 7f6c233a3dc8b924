import { describe, expect, it } from 'vitest'
import { headerNameProblem, headerValueProblem } from '../../../src/shared/task/header-rules.ts'

describe('a header name', () => {
  it.each(['accept', 'X-Request-ID', 'host', 'x_y', 'a.b', '$x'])('may be %s', (name) => {
    expect(headerNameProblem(name)).toBeNull()
  })

  it.each([
    ['', 'no name', 'accept'],
    ['Foo Bar', 'no spaces', 'Foo-Bar'],
    [' a', 'no spaces', '"a"'],
    ['a:b', 'cannot contain ":"', 'letters'],
    ['a\r\nb', 'no spaces', 'a-b'],
    ['a\0', 'cannot contain', 'letters'],
    ['ä', 'cannot contain "ä"', 'letters'],
    ['Content-Length', 'by hand', 'Content-Length is set automatically from the body; remove it.'],
    ['transfer-encoding', 'by hand', 'remove it'],
    ['Connection', 'by hand', 'keepAlive'],
    ['Upgrade', 'by hand', 'http2'],
  ])('cannot be %j', (name, message, hint) => {
    expect(headerNameProblem(name)).toMatchObject({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })
})

describe('a header value', () => {
  it.each(['', 'a b', 'a\tb', 'é', 'Bearer x.y.z', '{}', '日本', '😀'])('may be %j', (value) => {
    expect(headerValueProblem(value)).toBeNull()
  })

  it.each([
    ['a\r\nX-Evil: 1', 'line break'],
    ['a\nb', 'line break'],
    ['a\0b', 'NUL'],
    ['a\x7f', 'control'],
    ['\ud800', 'half of a character'],
  ])('cannot be %j', (value, words) => {
    const problem = headerValueProblem(value)
    expect(`${problem?.message} ${problem?.hint}`).toContain(words)
  })
})
