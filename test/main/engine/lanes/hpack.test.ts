import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HpackDecoder } from '../../../../src/main/engine/lanes/hpack-decoder.ts'
import { encodeHeaderBlock, encodeInteger } from '../../../../src/main/engine/lanes/hpack-encoder.ts'
import { decodeHuffman, encodeHuffman, huffmanLength, mostDecoded } from '../../../../src/main/engine/lanes/hpack-huffman.ts'
import { HpackReader } from '../../../../src/main/engine/lanes/hpack-reader.ts'
import { CODE_LENGTHS } from '../../../../src/main/engine/lanes/hpack-tables.ts'

type Fields = [name: string, value: string][]

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ''), 'hex')
}

function decode(decoder: HpackDecoder, block: Buffer): Fields | string {
  const fields: Fields = []
  return decoder.decode(block, 0, block.length, (name, value) => fields.push([name, value])) ? fields : decoder.error!
}

describe('integers, as in RFC 7541 appendix C.1', () => {
  it.each([
    [10, 5, '0a'],
    [1337, 5, '1f9a0a'],
    [42, 8, '2a'],
  ])('%i with a prefix of %i bits', (value, prefix, bytes) => {
    expect(encodeInteger(value, prefix, 0).toString('hex')).toBe(bytes)
    const reader = new HpackReader()
    reader.open(hex(bytes), 0, bytes.length / 2)
    expect(reader.integer(prefix)).toBe(value)
    expect(reader.atEnd).toBe(true)
  })

  it('come back whatever they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 28 }), fc.integer({ min: 1, max: 8 }), (value, prefix) => {
        const bytes = encodeInteger(value, prefix, 0)
        const reader = new HpackReader()
        reader.open(bytes, 0, bytes.length)
        expect(reader.integer(prefix)).toBe(value)
      }),
    )
  })
})

describe('the Huffman code', () => {
  it('is complete: no code is left that would stand for nothing', () => {
    expect(CODE_LENGTHS).toHaveLength(257)
    expect(CODE_LENGTHS.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBe(1)
  })

  it.each([
    ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
    ['no-cache', 'a8eb10649cbf'],
    ['custom-key', '25a849e95ba97d7f'],
    ['custom-value', '25a849e95bb8e8b4bf'],
    ['302', '6402'],
    ['private', 'aec3771a4b'],
    ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
    ['https://www.example.com', '9d29ad171863c78f0b97c8e9ae82ae43d3'],
    ['foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1', '94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007'],
  ])('writes %s as in RFC 7541 appendix C', (text, bytes) => {
    expect(encodeHuffman(Buffer.from(text)).toString('hex')).toBe(bytes)
  })

  it('gives every text back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (text) => {
        const coded = encodeHuffman(text)
        expect(coded).toHaveLength(huffmanLength(text))
        const out = Buffer.alloc(mostDecoded(coded.length))
        expect(out.subarray(0, decodeHuffman(coded, 0, coded.length, out))).toEqual(Buffer.from(text))
      }),
    )
  })

  it('refuses, and never runs over, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const out = Buffer.alloc(mostDecoded(bytes.length))
        const length = decodeHuffman(bytes, 0, bytes.length, out)
        if (length >= 0) expect(encodeHuffman(out.subarray(0, length))).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 5000 },
    )
  })
})

describe('header blocks, as in RFC 7541 appendix C', () => {
  it.each<[string, string, Fields]>([
    ['C.2.1', '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', [['custom-key', 'custom-header']]],
    ['C.2.2', '040c 2f73 616d 706c 652f 7061 7468', [[':path', '/sample/path']]],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', [['password', 'secret']]],
    ['C.2.4', '82', [[':method', 'GET']]],
  ])('%s', (_, bytes, fields) => {
    expect(decode(new HpackDecoder(), hex(bytes))).toEqual(fields)
  })

  const REQUESTS: Fields[] = [
    [[':method', 'GET'], [':scheme', 'http'], [':path', '/'], [':authority', 'www.example.com']],
    [[':method', 'GET'], [':scheme', 'http'], [':path', '/'], [':authority', 'www.example.com'], ['cache-control', 'no-cache']],
    [[':method', 'GET'], [':scheme', 'https'], [':path', '/index.html'], [':authority', 'www.example.com'], ['custom-key', 'custom-value']],
  ]

  it.each([
    ['C.3', ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', '8286 84be 5808 6e6f 2d63 6163 6865', '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65']],
    ['C.4', ['8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', '8286 84be 5886 a8eb 1064 9cbf', '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf']],
  ])('%s: requests over one table', (_, blocks) => {
    const decoder = new HpackDecoder()
    expect(blocks.map((block) => decode(decoder, hex(block)))).toEqual(REQUESTS)
  })

  const COOKIE = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'
  const RESPONSES: Fields[] = [
    [[':status', '302'], ['cache-control', 'private'], ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'], ['location', 'https://www.example.com']],
    [[':status', '307'], ['cache-control', 'private'], ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'], ['location', 'https://www.example.com']],
    [[':status', '200'], ['cache-control', 'private'], ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'], ['location', 'https://www.example.com'], ['content-encoding', 'gzip'], ['set-cookie', COOKIE]],
  ]

  it.each([
    ['C.5', ['4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', '4803 3330 37c1 c0bf', '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31']],
    ['C.6', ['4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3', '4883 640e ffc1 c0bf', '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07']],
  ])('%s: responses over a table of 256 bytes, with evictions', (_, blocks) => {
    const decoder = new HpackDecoder()
    expect(decode(decoder, hex('3fe101'))).toEqual([])
    expect(blocks.map((block) => decode(decoder, hex(block)))).toEqual(RESPONSES)
  })
})

describe('a header block of ours', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/)
  const value = fc.string({ maxLength: 200 })

  it('comes back field by field, from a decoder with or without a table, and leaves no trace', () => {
    const decoder = new HpackDecoder()
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 30 }), (fields) => {
        const latin1 = fields.map(([key, text]): [string, string] => [key, Buffer.from(text, 'utf8').toString('latin1')])
        const block = encodeHeaderBlock(fields)
        expect(decode(decoder, block)).toEqual(latin1)
        expect(decode(new HpackDecoder(), Buffer.concat([Buffer.from([0x20]), block]))).toEqual(latin1)
      }),
    )
  })

  it('has secrets marked as never to be kept', () => {
    for (const secret of ['authorization', 'cookie', 'proxy-authorization']) expect(encodeHeaderBlock([[secret, 'x']])[0]! & 0xf0).toBe(0x10)
    expect(encodeHeaderBlock([['accept', 'x']])[0]! & 0xf0).toBe(0)
  })

  it('uses what both sides know by heart', () => {
    expect(encodeHeaderBlock([[':method', 'GET'], [':path', '/'], [':scheme', 'https']])).toEqual(Buffer.from([0x82, 0x84, 0x87]))
  })
})

describe('the decoder', () => {
  it('neither throws nor hands over more than 64 KiB, whatever it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        let size = 0
        new HpackDecoder().decode(bytes, 0, bytes.length, (key, text) => (size += key.length + text.length))
        expect(size).toBeLessThanOrEqual(65_536)
      }),
      { numRuns: 5000 },
    )
  })

  it('lets a peer use its table until it has heard that we want none', () => {
    const decoder = new HpackDecoder()
    expect(decode(decoder, hex('3fe11f 88'))).toEqual([[':status', '200']])
    expect(decoder.stateless).toBe(false)
    decoder.refuseTable()
    expect(decode(decoder, hex('20 88'))).toEqual([[':status', '200']])
    expect(decoder.stateless).toBe(true)
    expect(decode(decoder, hex('21 88'))).toBe('header table larger than allowed')
  })

  it('forgets what does not fit into a smaller table', () => {
    const decoder = new HpackDecoder()
    decode(decoder, hex('400161016240016301644001650166'))
    expect(decode(decoder, hex('3f3d be bf c0'))).toBe('header index that stands for nothing')
  })
})
