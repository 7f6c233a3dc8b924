import { describe, expect, it } from 'vitest'
import { CookieJar } from '../../../../src/main/engine/flow/cookie-jar.ts'

const NOW = Date.UTC(2026, 0, 1)
const site = (url: string) => {
  const { protocol, hostname, pathname, search } = new URL(url)
  return { secure: protocol === 'https:', host: hostname, path: pathname + search }
}

function sent(set: [from: string, field: string][], to: string, nowMs = NOW): string {
  const jar = new CookieJar()
  for (const [from, field] of set) jar.set(field, site(from), NOW)
  return jar.headerFor(site(to), nowMs)
}

describe('the cookies of an iteration', () => {
  it.each<[string, [string, string][], string, string]>([
    ['go back to the host that set them', [['http://a.test/', 'a=1']], 'http://a.test/x?y', 'a=1'],
    ['and to no other', [['http://a.test/', 'a=1']], 'http://b.test/', ''],
    ['nor to one below it', [['http://a.test/', 'a=1']], 'http://x.a.test/', ''],
    ['but to all of a domain that is named', [['http://x.a.test/', 'a=1; Domain=.a.test']], 'http://y.a.test/', 'a=1'],
    ['which must be the own one', [['http://a.test/', 'a=1; domain=b.test']], 'http://b.test/', ''],
    ['and no top-level one', [['http://a.test/', 'a=1; domain=test']], 'http://b.test/', ''],
    ['addresses have no domains', [['http://10.0.0.1/', 'a=1; domain=0.0.1']], 'http://2.0.0.1/', ''],
    ['a path is meant with what is below it', [['http://a.test/', 'a=1; path=/shop']], 'http://a.test/shop/cart', 'a=1'],
    ['and not with what only begins the same', [['http://a.test/', 'a=1; path=/shop']], 'http://a.test/shopping', ''],
    ['without one it is the folder', [['http://a.test/shop/login?x=/y/', 'a=1']], 'http://a.test/other', ''],
    ['longer paths come first', [['http://a.test/', 'a=1; path=/'], ['http://a.test/', 'b=2; path=/x']], 'http://a.test/x', 'b=2; a=1'],
    ['a later one takes the place of an earlier one', [['http://a.test/', 'a=1'], ['http://a.test/', 'a=2']], 'http://a.test/', 'a=2'],
    ['secure ones stay on TLS', [['https://a.test/', 'a=1; Secure']], 'http://a.test/', ''],
    ['and are not taken from elsewhere', [['http://a.test/', 'a=1; secure']], 'https://a.test/', ''],
    ['but on this machine', [['http://127.0.0.1/', 'a=1; secure']], 'http://127.0.0.1/', 'a=1'],
    ['what is over is forgotten', [['http://a.test/', 'a=1'], ['http://a.test/', 'a=1; Max-Age=0']], 'http://a.test/', ''],
    ['by date, too', [['http://a.test/', 'a=1'], ['http://a.test/', 'a=; Expires=Thu, 01-Jan-1970 00:00:10 GMT']], 'http://a.test/', ''],
    ['Max-Age counts more than a date', [['http://a.test/', 'a=1; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Max-Age=60']], 'http://a.test/', 'a=1'],
    ['a date that is none says nothing', [['http://a.test/', 'a=1; expires=tomorrow']], 'http://a.test/', 'a=1'],
    ['values are kept as they are', [['http://a.test/', 'a="x=y"; path=/']], 'http://a.test/', 'a="x=y"'],
    ['nonsense is no cookie', [['http://a.test/', 'nothing'], ['http://a.test/', '=1'], ['http://a.test/', 'a=b\u0000c'], ['http://a.test/', `a=${'x'.repeat(5000)}`]], 'http://a.test/', ''],
  ])('%s', (_, set, to, header) => {
    expect(sent(set, to)).toBe(header)
  })

  it('end with their time, and are bounded in number', () => {
    expect(sent([['http://a.test/', 'a=1; Max-Age=60']], 'http://a.test/', NOW + 59_000)).toBe('a=1')
    expect(sent([['http://a.test/', 'a=1; Max-Age=60']], 'http://a.test/', NOW + 60_000)).toBe('')
    const many = Array.from({ length: 150 }, (_, i): [string, string] => ['http://a.test/', `c${i}=1`])
    const names = sent(many, 'http://a.test/').split('; ')
    expect([names.length, names[0], names.at(-1)]).toEqual([100, 'c50=1', 'c149=1'])
  })
})
