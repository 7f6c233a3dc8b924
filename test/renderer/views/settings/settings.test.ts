import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hostOf } from '../../../../src/renderer/src/views/settings/host-of.ts'
import { newSecret } from '../../../../src/renderer/src/views/settings/new-secret.ts'

test('a host is taken out of whatever was typed', () => {
  expect(['https://Api.Example.com/x?y', 'api.example.com:8080', ' api.example.com ', '[2001:db8::1]:80', '203.0.113.7'].map(hostOf)).toEqual(['api.example.com', 'api.example.com', 'api.example.com', '2001:db8::1', '203.0.113.7'])
  expect(['', ' ', 'two words', 'http://'].map(hostOf)).toEqual([null, null, null, null])
})

test('a new secret is 256 random bits that survive a shell and a file', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
    const secret = newSecret((target) => {
      target.set(bytes)
      return target
    })
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(new Uint8Array(Buffer.from(secret, 'base64url'))).toEqual(bytes)
  }))
  expect(newSecret()).not.toBe(newSecret())
})
