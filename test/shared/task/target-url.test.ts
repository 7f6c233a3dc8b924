import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTargetUrl } from '../../../src/shared/task/target-url.ts'

describe('a target URL', () => {
  it.each([
    ['https://api.example.com/x', 'https://api.example.com/x'],
    [' https://a.example ', 'https://a.example'],
    ['api.example.com/x', 'https://api.example.com/x'],
    ['//api.example.com/x', 'https://api.example.com/x'],
    ['api.example.com:8443/x', 'https://api.example.com:8443/x'],
    ['localhost:8080', 'http://localhost:8080'],
    ['127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
    ['192.168.1.5/x', 'http://192.168.1.5/x'],
    ['172.32.1.5/x', 'https://172.32.1.5/x'],
    ['web:80/x', 'http://web:80/x'],
    ['[::1]:8080/x', 'http://[::1]:8080/x'],
    ['http://[2001:db8::1]/', 'http://[2001:db8::1]/'],
    ['http://bücher.example/ä?q=日本', 'http://bücher.example/ä?q=日本'],
    ['http://a.example/x#top', 'http://a.example/x'],
    ['HTTP://A.example/', 'HTTP://A.example/'],
    ['http://a.example/@user?x=a:b', 'http://a.example/@user?x=a:b'],
  ])('reads %s', (written, url) => {
    expect(readTargetUrl(written)).toMatchObject({ ok: true, url })
  })

  it.each([
    ['', 'empty', 'https://'],
    ['htp://x', 'not supported', 'Use http:// or https://. Did you mean http://x?'],
    ['htps://x', 'not supported', 'Did you mean https://x?'],
    ['ftp://x/y', 'not supported', 'http://'],
    ['ws://x/y', 'not supported', 'Did you mean http://x/y?'],
    ['javascript:alert(1)', 'not supported', 'https://'],
    ['mailto:a@b.example', 'not supported', 'https://'],
    ['http:/x', 'slashes', 'Did you mean http://x?'],
    ['https:x', 'slashes', 'Did you mean https://x?'],
    ['http://', 'no host', 'https://'],
    ['http:///x', 'no host', 'https://'],
    ['http://user:secret@a.example/', 'user name or password', 'Authorization header'],
    ['user:secret@a.example', 'user name or password', 'Authorization header'],
    ['http://a.example:0/', 'Port 0', '1 to 65535'],
    ['http://a.example:70000/', 'Port 70000', '1 to 65535'],
    ['http://a.example:8o/', 'no port', '1 to 65535'],
    ['http://a.example:/', 'no port', '1 to 65535'],
    ['http://a.example/a b', 'space at position 19', '%20'],
    ['http://a.example/\r\nX: y', 'control character (U+000D) at position 18', 'line break'],
    ['http://a.example/\n', 'control character', 'Remove'],
    ['http://a.example/\0', 'U+0000', 'Remove'],
    ['http:\\\\a.example', 'backslash', '/'],
    ['http://a.example/\ud800', 'half of a character', 'again'],
    ['http://256.256.256.256/', 'no valid host', 'https://'],
    ['http://[::1/', 'no valid host', 'https://'],
    ['http://a<b>/', 'no valid host', 'https://'],
    [`http://a.example/${'x'.repeat(70_000)}`, 'longer than', 'body'],
  ])('refuses %#', (written, message, hint) => {
    expect(readTargetUrl(written)).toMatchObject({ ok: false, message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
  })

  it('never shows a password in a message', () => {
    expect(JSON.stringify(readTargetUrl('http://user:secret@a.example/'))).not.toContain('secret')
  })

  it('is stable, and what passes is a real http URL without credentials', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.array(fc.constantFrom('http', ':', '/', '//', '@', '[', ']', '::1', 'a.b', ':80', '?', '#', '\\', '%', ' ', '\n'), { maxLength: 8 }).map((parts) => parts.join('')))
    fc.assert(fc.property(text, (written) => {
      const read = readTargetUrl(written)
      if (!read.ok) return
      expect(readTargetUrl(read.url)).toEqual({ ok: true, url: read.url, fragment: '' })
      const url = new URL(read.url)
      expect(url.protocol).toMatch(/^https?:$/)
      expect(url.username + url.password + url.hash).toBe('')
      expect(url.port).not.toBe('0')
    }), { numRuns: 3000 })
  })
})
