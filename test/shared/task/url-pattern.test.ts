import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OTHER_URLS, PatternBook } from '../../../src/shared/results/pattern-book.ts'
import { TopCounts } from '../../../src/shared/results/top-counts.ts'
import { urlPattern } from '../../../src/shared/task/url-pattern.ts'

describe('the pattern of a URL', () => {
  it.each([
    ['https://shop.example/users/123', 'https://shop.example/users/{id}'],
    ['https://shop.example/users/9f86d081-884c-4d65-9a2f-eaa0c55ad015/cart', 'https://shop.example/users/{uuid}/cart'],
    ['/blobs/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', '/blobs/{hex}'],
    ['/commits/7712323f', '/commits/{hex}'],
    ['/reports/2026-01-31', '/reports/{date}'],
    ['/reports/20260131/2026-01-31T12:00:00.000Z', '/reports/{date}/{date}'],
    ['/orders/order-48213.pdf', '/orders/order-{id}.pdf'],
    ['/users/user12345', '/users/user{id}'],
    ['/events/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/events/{ulid}'],
    ['/invite/ada@example.com', '/invite/{email}'],
    ['/s/dGhpcyBpcyBhIHRva2VuIDEyMzQ1Njc4', '/s/{token}'],
    ['/search?q=shoes&page=2&page=3', '/search?q={}&page={}'],
    ['https://ada:secret@shop.example/a#top', 'https://shop.example/a'],
    ['/users/{{users.id}}?k={{uuid}}', '/users/{{users.id}}?k={}'],
  ])('%s → %s', (url, pattern) => expect(urlPattern(url)).toBe(pattern))

  it.each(['/v1/orders', '/api/v2.1/deadline', '/music.mp3', '/hash/sha256', '/users/me', '/cafe/decade', '/tags/blue-suede-shoes', '/', '', '/a//b/', '/internationalization-of-everything'])('%s is of words, and stays', (url) => expect(urlPattern(url)).toBe(url))

  it('is the same for all ids, whatever they are', () => {
    const id = fc.oneof(fc.nat().map(String), fc.uuid({ version: 4 }), fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)), fc.stringMatching(/^[0-9a-f]{7}[0-9][0-9a-f]{24}$/))
    const kinds = new Set<string>()
    fc.assert(fc.property(id, id, (a, b) => void kinds.add(urlPattern(`https://shop.example/users/${a}/orders/${b}?at=${a}`))), { numRuns: 2000 })
    // Four kinds in two places; a hexadecimal id of digits alone is a number.
    expect(kinds.size).toBeLessThanOrEqual(16)
  })

  it('is bounded in length and is its own pattern, whatever the URL', () => {
    const piece = fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string({ unit: 'binary' }), fc.constantFrom('/', '?', '&', '=', '{', '}', '…', '{{', '123456', 'a@b.com', '/x/'), fc.stringMatching(/^[\w./?&=-]{0,300}$/))
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')), (url) => {
      const pattern = urlPattern(url)
      expect(pattern.length).toBeLessThanOrEqual(240)
      expect(urlPattern(pattern)).toBe(pattern)
    }), { numRuns: 2000 })
  })
})

describe('counting URLs by pattern', () => {
  it('keeps the most frequent originals and tells how many came besides', () => {
    const book = new PatternBook({ originals: 2 })
    for (let i = 0; i < 50; i++) book.add('/users/7')
    for (let i = 0; i < 30; i++) book.add('/users/8')
    for (let i = 0; i < 20; i++) book.add(`/users/${100 + i}`)
    book.add('/health')
    const [users, health] = book.counts
    expect(users).toMatchObject({ pattern: '/users/{id}', count: 100 })
    expect(users?.originals.map(({ url }) => url)).toEqual(['/users/7', '/users/8'])
    expect(users?.originals[0]?.count).toBe(50)
    expect(health).toEqual({ pattern: '/health', count: 1, originals: [{ url: '/health', count: 1 }], others: 0 })
  })

  it('files what is one pattern too many under the others, and loses none', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.stringMatching(/^\/[a-z]{1,2}\/\d{1,3}$/), fc.integer({ min: 1, max: 9 })), { maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (urls, patterns) => {
      const book = new PatternBook({ patterns, originals: 3 })
      for (const [url, count] of urls) book.add(url, count)
      const counts = book.counts
      expect(counts.length).toBeLessThanOrEqual(patterns + 1)
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(urls.reduce((sum, [, count]) => sum + count, 0))
      for (const { count, originals, others } of counts) expect(originals.reduce((sum, original) => sum + original.count, 0) + others).toBe(count)
      expect(counts.slice(0, -1).every(({ pattern }) => pattern !== OTHER_URLS)).toBe(true)
    }))
  })

  it('never tells more of a text than came, and misses none that came more often than its part of the room', () => {
    fc.assert(fc.property(fc.array(fc.nat(30).map(String), { maxLength: 500 }), fc.integer({ min: 1, max: 10 }), (texts, room) => {
      const counts = new TopCounts(room)
      const exact = new Map<string, number>()
      for (const text of texts) {
        counts.add(text)
        exact.set(text, (exact.get(text) ?? 0) + 1)
      }
      const told = counts.top(room)
      for (const { text, count } of told.texts) expect(count).toBeLessThanOrEqual(exact.get(text) ?? 0)
      for (const [text, count] of exact) if (count > texts.length / room) expect(told.texts.map((one) => one.text)).toContain(text)
      expect(told.others + told.texts.reduce((sum, { count }) => sum + count, 0)).toBe(texts.length)
    }))
  })
})
