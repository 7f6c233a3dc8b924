import { describe, expect, test } from 'vitest'
import { isLoopback, labelOf, parseRedisAddress } from '../../../../src/main/backend/redis/address.ts'

describe('an address of Redis', () => {
  test('is one server, with its port, user, password and database', () => {
    expect(parseRedisAddress('redis://localhost')).toEqual({ kind: 'single', tls: false, hosts: [{ host: 'localhost', port: 6379 }], primary: null, username: null, password: null, db: 0 })
    expect(parseRedisAddress('rediss://me:p%40ss:word@10.0.0.7:6380/3')).toMatchObject({ tls: true, hosts: [{ host: '10.0.0.7', port: 6380 }], username: 'me', password: 'p@ss:word', db: 3 })
    expect(parseRedisAddress('redis://secret@[::1]:7000')).toMatchObject({ hosts: [{ host: '::1', port: 7000 }], username: null, password: 'secret' })
  })

  test('is some Sentinels and the name of the primary, or some nodes of a Redis Cluster', () => {
    expect(parseRedisAddress('redis+sentinel://a,b:7,c/mymaster/2')).toMatchObject({ kind: 'sentinel', hosts: [{ host: 'a', port: 26379 }, { host: 'b', port: 7 }, { host: 'c', port: 26379 }], primary: 'mymaster', db: 2 })
    expect(parseRedisAddress('rediss+cluster://:pw@a,b:7')).toMatchObject({ kind: 'cluster', tls: true, hosts: [{ host: 'a', port: 6379 }, { host: 'b', port: 7 }], password: 'pw' })
  })

  test('is shown without user and password, otherwise as it was written', () => {
    for (const text of ['redis://localhost:6379', 'rediss://[::1]:1', 'redis+sentinel://a:1,b:2/primary/3', 'redis+cluster://a:1,b:2']) {
      expect(labelOf(parseRedisAddress(text))).toBe(text)
      expect(labelOf(parseRedisAddress(text.replace('://', '://user:secret@')))).toBe(text)
    }
  })

  test('that is none is refused with what would be right, and its password is not told', () => {
    for (const text of ['', 'localhost', 'http://a', 'redis://', 'redis://a:0', 'redis://a:70000', 'redis://u:topsecret@a b', 'redis://a/x', 'redis+sentinel://a', 'redis://u:%zz@a', 'redis://a?x=1', 'redis://a,,b']) {
      expect(() => parseRedisAddress(text)).toThrow(expect.objectContaining({ code: 'bad-input', hint: expect.stringContaining('redis://'), message: expect.not.stringContaining('topsecret') }))
    }
  })

  test('is of this machine alone, or not', () => {
    expect(isLoopback(parseRedisAddress('redis://127.0.0.1'))).toBe(true)
    expect(isLoopback(parseRedisAddress('redis://[::1]'))).toBe(true)
    expect(isLoopback(parseRedisAddress('redis+cluster://localhost,10.0.0.1'))).toBe(false)
    expect(isLoopback(parseRedisAddress('redis://127.0.0.1.example.org'))).toBe(false)
  })
})
