import { describe, expect, it } from 'vitest'
import { maskHead, maskUrl } from '../../../src/shared/task/masking.ts'

describe('maskHead', () => {
  it('hides what could let someone in', () => {
    const head = 'HTTP/1.1 401 Unauthorized\r\nSet-Cookie: sid=abc\r\nauthorization: Bearer abc\r\nX-Api-Key: abc\r\nX-CSRF-Token: abc\r\nContent-Type: text/plain\r\n\r\n'
    const masked = maskHead(head, 2048)
    expect(masked).not.toContain('abc')
    expect(masked).toContain('Content-Type: text/plain')
    expect(masked).toContain('Set-Cookie: •••')
  })

  it('keeps a redirect readable, without its token', () => {
    expect(maskHead('HTTP/1.1 302 Found\r\nLocation: https://a.example/x?token=abc&p=1\r\n\r\n', 2048)).toContain('Location: https://a.example/x?token=•••&p=1')
  })

  it('is cut at its limit', () => {
    expect(maskHead(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(5000)}`, 2048)).toHaveLength(2048)
  })
})

describe('maskUrl', () => {
  it('hides password and secret parameters', () => {
    expect(maskUrl('https://me:pw@a.example/x?api_key=abc&page=2')).toBe('https://me:•••@a.example/x?api_key=•••&page=2')
  })

  it('leaves the rest as it is', () => {
    expect(maskUrl('http://127.0.0.1:8080/a%20b?q=1&q=2')).toBe('http://127.0.0.1:8080/a%20b?q=1&q=2')
    expect(maskUrl('/relative')).toBe('/relative')
  })
})
