import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDeepLink } from '../../../src/shared/contract/deep-link.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

describe('a link', () => {
  test('fills in a task', () => {
    expect(parseDeepLink('stampede://task?url=https%3A%2F%2Fshop.test%2Forders&method=post&rate=250&duration=1m&name=orders')).toEqual({
      to: 'task', spec: { name: 'orders', request: { url: 'https://shop.test/orders', method: 'POST' }, load: { rate: 250, duration: '1m' } },
    })
    expect(parseDeepLink('stampede://task?url=localhost:8080/x')).toEqual({ to: 'task', spec: { request: { url: 'http://localhost:8080/x' }, load: { rate: 100, duration: '30s' } } })
  })

  test('names a cluster to join', () => {
    expect(parseDeepLink('stampede://join?address=redis://10.0.0.5:6379&namespace=perf')).toEqual({ to: 'join', address: 'redis://10.0.0.5:6379', namespace: 'perf' })
  })

  test.each([
    'stampede://join?address=redis://user:secret@10.0.0.5:6379',
    'stampede://join?address=redis://10.0.0.5:6379/0?password=x',
    'stampede://join?address=http://10.0.0.5',
    'stampede://join',
    'stampede://task?url=https://ada:secret@shop.test/',
    'stampede://task?url=javascript:alert(1)',
    'stampede://task?url=https://shop.test/&rate=-1',
    'stampede://task?url=https://shop.test/&rate=1e99',
    'stampede://task?url=https://shop.test/&duration=%0d%0a',
    'stampede://start?task=t1',
    'stampede://task',
    'https://shop.test/',
    '',
  ])('is nothing when it says %s', (text) => {
    expect(parseDeepLink(text)).toBeNull()
  })

  test('never throws, and what it fills in is a task or is told to be none', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl({ withQueryParameters: true }).map((url) => `stampede://task?url=${encodeURIComponent(url)}`), fc.string().map((query) => `stampede://task?${query}`)), (text) => {
      const link = parseDeepLink(text)
      if (link?.to === 'task') expect(() => parseTaskSpec(link.spec)).not.toThrow()
    }))
  })
})
