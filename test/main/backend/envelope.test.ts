import fc from 'fast-check'
import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Envelopes } from '../../../src/main/backend/envelope.ts'

const ours = new Envelopes('the secret of the cluster', 'default')

/** An envelope that is signed rightly over a text of the test's own. */
function signed(json: string): string {
  const key = Buffer.from(hkdfSync('sha256', 'the secret of the cluster', 'default', 'stampede envelope', 32))
  const mac = createHmac('sha256', key).update(`stop\0default\0stop/a\0${json}`).digest('base64url')
  return `1.${ours.keyId}.${mac}.${json}`
}

describe('an envelope', () => {
  test('brings back what was put in, bytes included', () => {
    fc.assert(fc.property(fc.dictionary(fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }), (value) => {
      const plain = JSON.parse(JSON.stringify({ value })) as unknown
      fc.pre(!/"(__proto__|constructor|prototype)":/.test(JSON.stringify(plain)))
      expect(ours.open('stop', 'stop/a', ours.seal('stop', 'stop/a', plain))).toEqual({ ok: true, value: plain })
    }), { numRuns: 200 })
    const bytes = { histogram: Uint8Array.of(0, 127, 128, 255) }
    expect(ours.open('sample', 'x', ours.seal('sample', 'x', bytes))).toEqual({ ok: true, value: bytes })
  })

  test('does not open with another secret, and says so', () => {
    const theirs = new Envelopes('another', 'default').seal('stop', 'stop/a', {})
    expect(ours.open('stop', 'stop/a', theirs)).toEqual({ ok: false, why: 'it was signed with another secret' })
  })

  test('does not open in another place, for another purpose or in another namespace', () => {
    const sealed = ours.seal('stop', 'stop/a', { orderNo: 1 })
    expect(ours.open('stop', 'stop/b', sealed)).toMatchObject({ ok: false })
    expect(ours.open('intent', 'stop/a', sealed)).toMatchObject({ ok: false })
    expect(new Envelopes('the secret of the cluster', 'other').open('stop', 'stop/a', sealed)).toMatchObject({ ok: false })
  })

  test('of another version is refused by its number', () => {
    expect(ours.open('stop', 'a', ours.seal('stop', 'a', {}).replace(/^1\./, '2.'))).toEqual({ ok: false, why: 'it is of version 2, this one reads 1' })
  })

  test('with a key that reaches for a prototype is refused, however it is written', () => {
    for (const json of ['{"__proto__":{"x":1}}', '{"a":[{"constructor":1}]}', '{"\\u005f_proto__":1}', '{"pro\\u0074otype":1}']) {
      expect(ours.open('stop', 'stop/a', signed(json))).toMatchObject({ ok: false, why: expect.stringContaining('key') })
    }
    expect(ours.open('stop', 'stop/a', signed('{"word":"constructor"}'))).toEqual({ ok: true, value: { word: 'constructor' } })
  })

  test('that is signed but no JSON, or nested without end, is refused', () => {
    expect(ours.open('stop', 'stop/a', signed('{"half": '))).toEqual({ ok: false, why: 'it is no JSON' })
    expect(ours.open('stop', 'stop/a', signed(`${'['.repeat(3000)}${']'.repeat(3000)}`))).toEqual({ ok: false, why: 'it is nested too deeply' })
  })

  test('is refused unread beyond its cap, and not made beyond it', () => {
    const big = 'x'.repeat(9000)
    expect(() => ours.seal('stop', 'stop/a', { big })).toThrow(expect.objectContaining({ code: 'bad-input' }))
    expect(ours.open('stop', 'stop/a', signed(JSON.stringify({ big })))).toMatchObject({ ok: false, why: expect.stringContaining('bigger') })
  })

  test('with any character changed is refused and never throws', () => {
    const sealed = ours.seal('intent', 'req', { id: 'i', op: 'drain', nodeId: 'b' })
    fc.assert(fc.property(fc.nat(sealed.length - 1), fc.string({ minLength: 0, maxLength: 3, unit: 'binary' }), (at, insert) => {
      const changed = sealed.slice(0, at) + insert + sealed.slice(at + 1)
      fc.pre(changed !== sealed)
      expect(ours.open('intent', 'req', changed).ok).toBe(false)
    }), { numRuns: 2000 })
  })

  test('of mere noise is refused and never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (noise) => {
      expect(ours.open('node', 'nodes/a', noise).ok).toBe(false)
      expect(ours.open('node', 'nodes/a', `1.${ours.keyId}.${'A'.repeat(43)}.${noise}`).ok).toBe(false)
    }), { numRuns: 2000 })
  })
})
