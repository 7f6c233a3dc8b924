import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesFromJson, bytesToJson, fromBase64, toBase64 } from '../../src/shared/base64.ts'

describe('base64', () => {
  it('is what everybody else writes, and is undone', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }))
    const long = new Uint8Array(100_001).fill(200)
    expect(fromBase64(toBase64(long))).toEqual(long)
  })

  it('carries bytes through JSON wherever they are', () => {
    const value = { a: [new Uint8Array([1, 255])], b: { c: new Uint8Array(0) }, d: 'text', e: null }
    expect(bytesFromJson(bytesToJson(value))).toEqual(value)
  })

  it('refuses what is not base64', () => {
    expect(() => fromBase64('not base64!')).toThrow()
  })
})
