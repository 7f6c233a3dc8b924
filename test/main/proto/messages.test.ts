import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import 'protobufjs/ext/descriptor/index.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeMessage } from '../../../src/main/proto/decode-message.ts'
import { MessageEncoder } from '../../../src/main/proto/encode-message.ts'
import { MessageError } from '../../../src/main/proto/message-error.ts'
import { readProtoFiles } from '../../../src/main/app/proto-files.ts'
import { readProto } from '../../../src/main/proto/read-proto.ts'
import { Schema } from '../../../src/main/proto/schema.ts'

/** The judge is protobufjs, which has a coder of its own. */

const SHOP = `
syntax = "proto3";
package shop.v1;
import "common/money.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";
import "google/protobuf/field_mask.proto";
import "google/api/annotations.proto";
service Cart {
  rpc Add (Item) returns (Receipt) { option (google.api.http) = { post: "/v1/items" }; }
  rpc Watch (Item) returns (stream Receipt);
  rpc Upload (stream Item) returns (Receipt);
}
enum Size { SIZE_UNSPECIFIED = 0; SMALL = 1; LARGE = 2; ODD = -3; }
message Item {
  message Labels { string text = 1; }
  string sku = 1;
  int32 count = 2;
  sint32 delta = 3;
  uint32 packs = 4;
  int64 big = 5;
  uint64 huge = 6;
  sint64 swing = 7;
  fixed32 f32 = 8;
  fixed64 f64 = 9;
  sfixed32 sf32 = 10;
  sfixed64 sf64 = 11;
  float weight = 12;
  double price = 13;
  bool gift = 14;
  bytes image = 15;
  Size size = 16;
  repeated int32 numbers = 17;
  repeated string tags = 18;
  repeated Item parts = 19;
  map<string, int64> stock = 20;
  map<int32, Item> by_number = 21;
  map<string, Labels> labels = 22;
  oneof reach { string mail_address = 23; common.Money cash = 24; }
  optional int32 limit = 25;
  common.Money total = 26;
  repeated Size sizes = 27;
  repeated double rates = 28 [packed = false];
  string odd_name = 29 [json_name = "strange"];
  google.protobuf.Timestamp at = 40;
  google.protobuf.Duration span = 41;
  google.protobuf.Struct extra = 42;
  google.protobuf.Value anything = 43;
  google.protobuf.Int64Value boxed = 44;
  google.protobuf.Any any = 45;
  google.protobuf.FieldMask mask = 46;
}
message Receipt { int64 id = 1; Item item = 2; }
`
const MONEY = 'syntax = "proto3"; package common; message Money { int64 units = 1; string currency = 2; }'

let folder = ''
let schema: Schema
let item: MessageEncoder
let judge: protobuf.Type

async function write(name: string, text: string): Promise<string> {
  await mkdir(join(folder, name, '..'), { recursive: true })
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

async function schemaOf(path: string, folders: string[] = []): Promise<Schema> {
  const read = await readProto(path, folders)
  if (!read.ok) throw new Error(read.problem.message)
  return new Schema(Buffer.from(read.descriptor, 'base64'))
}

const encode = (value: unknown): Buffer => item.encode(value)
const decode = (bytes: Uint8Array): unknown => JSON.parse(JSON.stringify(decodeMessage(bytes, schema.message('.shop.v1.Item')!, schema)))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stampede-proto-'))
  await write('protos/common/money.proto', MONEY)
  schema = await schemaOf(await write('shop.proto', SHOP), [join(folder, 'protos')])
  item = new MessageEncoder(schema.message('.shop.v1.Item')!, schema)
  const root = new protobuf.Root()
  for (const name of ['timestamp', 'duration', 'struct', 'wrappers', 'any', 'field_mask']) root.addJSON(protobuf.common.get(`google/protobuf/${name}.proto`)!.nested!)
  protobuf.parse(MONEY, root)
  protobuf.parse(SHOP, root, { keepCase: true })
  judge = root.resolveAll().lookupType('shop.v1.Item')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a .proto file', () => {
  it('becomes a descriptor that knows its services, messages and imports', () => {
    expect(schema.services).toEqual(['shop.v1.Cart'])
    expect(schema.methodsOf('shop.v1.Cart')).toEqual(['Add', 'Watch', 'Upload'])
    expect(schema.method('shop.v1.Cart', 'Watch')).toMatchObject({ streamsRequests: false, streamsAnswers: true, output: { name: 'shop.v1.Receipt' } })
    expect(schema.method('shop.v1.Cart', 'Upload')).toMatchObject({ streamsRequests: true, streamsAnswers: false })
    expect(() => schema.method('shop.v1.Cart', 'Ad')).toThrow('no method Ad')
    expect(() => schema.method('shop.Cart', 'Add')).toThrow('no service shop.Cart')
  })

  it('becomes a descriptor that others understand as well', async () => {
    const read = await readProto(join(folder, 'shop.proto'), [join(folder, 'protos')])
    const others = (protobuf.Root as unknown as { fromDescriptor(bytes: Uint8Array): protobuf.Root }).fromDescriptor(Buffer.from(read.ok ? read.descriptor : '', 'base64')).resolveAll()
    const made = { sku: 'a', numbers: [1, 2], stock: { x: 1 }, labels: { y: { text: 'z' } }, cash: { currency: 'EUR' }, sizes: [2], rates: [0.5] }
    const type = others.lookupType('shop.v1.Item')
    // It knows a map of a descriptor only as the list of entries that it is on the wire.
    const entries = { ...made, stock: [{ key: 'x', value: 1 }], labels: [{ key: 'y', value: { text: 'z' } }] }
    expect(Buffer.from(type.encode(type.fromObject(entries)).finish())).toEqual(Buffer.from(judge.encode(judge.fromObject(made)).finish()))
  })

  it.each([
    ['syntax = "proto3"; message A { string a = 1 }', 'broken.proto'],
    ['syntax = "proto3"; message A { Missing a = 1; }', 'Missing'],
    ['syntax = "proto3"; import "nowhere.proto"; message A { other.B a = 1; }', 'nowhere.proto'],
  ])('that cannot be read says why: %s', async (text, why) => {
    const read = await readProto(await write('broken.proto', text))
    expect(read).toMatchObject({ ok: false, problem: { path: 'request.proto', message: expect.stringContaining(why) } })
  })

  it('may come as texts, in any order, and then its methods are told', async () => {
    const money = { name: 'money.proto', text: MONEY }
    const shop = { name: 'shop.proto', text: SHOP }
    expect((await readProtoFiles([money, shop])).methods).toEqual(['shop.v1.Cart/Add', 'shop.v1.Cart/Watch'])
    const read = await readProtoFiles([shop, money])
    expect(new Schema(Buffer.from(read.descriptor, 'base64')).message('.shop.v1.Item')?.byName.get('total')?.message?.name).toBe('common.Money')
    await expect(readProtoFiles([shop])).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('common/money.proto'), hint: 'Choose the files that it imports as well.' })
    await expect(readProtoFiles([money])).rejects.toMatchObject({ code: 'bad-input', hint: 'Choose the file with the service.' })
  })

  it('that is not there says so', async () => {
    expect(await readProto(join(folder, 'none.proto'))).toMatchObject({ ok: false, problem: { message: expect.stringContaining('there is no such file') } })
    expect(await readProto(folder)).toMatchObject({ ok: false, problem: { message: expect.stringContaining('it is a folder') } })
  })

  it('of proto2 keeps what was not set apart from what was', async () => {
    const two = await schemaOf(await write('two.proto', 'syntax = "proto2"; message Two { required int32 a = 1; optional string b = 2; repeated int32 c = 3; }'))
    const type = two.message('.Two')!
    const bytes = new MessageEncoder(type, two).encode({ a: 0, c: [1, 2] })
    expect(bytes.toString('hex')).toBe('080018011802')
    expect(JSON.stringify(decodeMessage(bytes, type, two))).toBe('{"c":[1,2],"a":0}')
  })
})

describe('a message', () => {
  const FULL = {
    sku: 'schlüssel 🔑', count: -5, delta: -70_000, packs: 4_000_000_000, big: '-9223372036854775808', huge: '18446744073709551615', swing: '-1',
    f32: 7, f64: '8', sf32: -9, sf64: '-10', weight: 0.1, price: 1e300, gift: true, image: 'AAEC/w==', size: 'LARGE', numbers: [0, -1, 300], tags: ['', 'b'],
    parts: [{ sku: 'inner', parts: [{ count: 1 }] }, {}], stock: { a: '1', b: '-2' }, byNumber: { 7: { sku: 'seven' } }, labels: { x: { text: 'y' } },
    mailAddress: 'a@example.com', limit: 0, total: { units: '12', currency: 'EUR' }, sizes: ['SMALL', 'ODD'], rates: [0.5, 'NaN'], strange: 'z',
    at: '2026-01-31T12:00:00.500Z', span: '-1.500s', extra: { a: [1, 'x', null, { b: false }] }, anything: [true], boxed: '5',
    any: { '@type': 'type.googleapis.com/common.Money', units: '1', currency: 'CHF' }, mask: 'user.name,itemCount',
  }

  it('of every kind of field comes back as it went', () => {
    expect(decode(encode(FULL))).toMatchObject(FULL)
  })

  it('means to others what it means here', () => {
    const read = judge.toObject(judge.decode(encode(FULL)), { longs: String, enums: String, bytes: String, json: true }) as Record<string, unknown>
    expect(read).toMatchObject({
      sku: FULL.sku, count: -5, delta: -70_000, packs: 4_000_000_000, big: FULL.big, huge: FULL.huge, swing: '-1', f32: 7, f64: '8', sf32: -9, sf64: '-10',
      price: 1e300, gift: true, image: 'AAEC/w==', size: 'LARGE', numbers: [0, -1, 300], tags: ['', 'b'], stock: { a: '1', b: '-2' },
      mail_address: 'a@example.com', limit: 0, odd_name: 'z', sizes: ['SMALL', 'ODD'], rates: [0.5, 'NaN'], at: { nanos: 500_000_000 }, span: { seconds: '-1', nanos: -500_000_000 }, boxed: { value: '5' },
    })
  })

  it('of others is read here, packed or not', () => {
    const made = { sku: 'a', numbers: [1, -2], rates: [1.5, 2.5], sizes: [1], by_number: { 3: { count: 4 } }, cash: { units: 5 } }
    expect(decode(judge.encode(judge.fromObject(made)).finish())).toMatchObject({ sku: 'a', numbers: [1, -2], rates: [1.5, 2.5], sizes: ['SMALL'], byNumber: { 3: { count: 4 } }, cash: { units: '5' } })
    expect(decode(Buffer.from('8a01020102' + '880103', 'hex'))).toMatchObject({ numbers: [1, 2, 3] })
  })

  it('takes names as in the file and as in JSON, and numbers in quotes', () => {
    expect(encode({ mail_address: 'x', count: '5', big: 7, limit: '1' })).toEqual(encode({ mailAddress: 'x', count: 5, big: '7', limit: 1 }))
  })

  it('says what was not set, but not of fields that know it', () => {
    expect(decode(Buffer.alloc(0))).toMatchObject({ sku: '', count: 0, big: '0', gift: false, size: 'SIZE_UNSPECIFIED', numbers: [], stock: {} })
    expect(decode(Buffer.alloc(0))).not.toHaveProperty('limit')
    expect(decode(Buffer.alloc(0))).not.toHaveProperty('total')
  })

  it.each<[unknown, string, string, string]>([
    [{ skew: 'x' }, '', 'no field "skew"', 'sku'],
    [{ count: 2.5 }, 'count', 'no int32', 'whole number'],
    [{ count: 3_000_000_000 }, 'count', 'no int32', '2147483647'],
    [{ packs: -1 }, 'packs', 'no uint32', 'from 0'],
    [{ big: '9223372036854775808' }, 'big', 'no int64', '9223372036854775807'],
    [{ sku: 5 }, 'sku', 'no text', 'quotes'],
    [{ gift: 'yes' }, 'gift', 'neither true nor false', 'true or false'],
    [{ image: '***' }, 'image', 'not base64', 'base64'],
    [{ size: 'HUGE' }, 'size', 'no shop.v1.Size', 'SMALL'],
    [{ numbers: 1 }, 'numbers', 'no list', '[1, 2]'],
    [{ parts: [{}, { parts: [{ count: 'x' }] }] }, 'parts[1].parts[0].count', 'no int32', ''],
    [{ stock: { a: 'x' } }, 'stock.a', 'no int64', ''],
    [{ byNumber: { x: {} } }, 'byNumber.x', 'no int32', ''],
    [{ total: [] }, 'total', 'no common.Money', '{…}'],
    [{ mailAddress: 'a', cash: {} }, '', 'exclude each other', 'Keep one.'],
    [{ at: 'yesterday' }, 'at', 'no time', '{{now iso}}'],
    [{ span: '1 h' }, 'span', 'no duration', '1.5s'],
    [{ any: { '@type': 'x/none.Such' } }, 'any', 'nothing that is described', '@type'],
    [[], '', 'no shop.v1.Item', ''],
  ])('that does not fit is refused with its place: %j', (value, path, message, hint) => {
    const refused = (() => {
      try {
        return encode(value)
      } catch (error) {
        return error
      }
    })()
    expect(refused).toBeInstanceOf(MessageError)
    expect(refused).toMatchObject({ path, message: expect.stringContaining(message), hint: expect.stringContaining(hint) })
    expect(encode({ sku: 'a' }).toString('hex')).toBe('0a0161')
  })

  it('is never deeper than anybody means, on either way', () => {
    const deep = JSON.parse('{"parts":['.repeat(200) + '{}' + ']}'.repeat(200)) as unknown
    expect(() => encode(deep)).toThrow('levels deep')
    expect(encode({ parts: [{}] }).toString('hex')).toBe('9a0100')
    let bytes: Uint8Array = Buffer.alloc(0)
    for (let i = 0; i < 200; i++) bytes = Buffer.from([0x9a, 1, ...varint(bytes.length), ...bytes])
    expect(() => decode(bytes)).toThrow('levels deep')
  })

  it('knows no names of objects that a schema or a sender might mean', () => {
    const own = encode(JSON.parse('{"stock":{"__proto__":"1","constructor":"2"}}'))
    expect(JSON.stringify(decodeMessage(own, schema.message('.shop.v1.Item')!, schema))).toContain('"stock":{"__proto__":"1","constructor":"2"}')
    expect(() => encode(JSON.parse('{"__proto__":1}'))).toThrow('no field "__proto__"')
  })

  it('may be any bytes: what is no message is an error, and nothing else happens', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        JSON.stringify(decodeMessage(bytes, schema.message('.shop.v1.Item')!, schema))
      } catch (error) {
        expect((error as Error).constructor.name).toBe('WireError')
      }
    }), { numRuns: 2000 })
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        new Schema(bytes)
      } catch (error) {
        expect((error as Error).constructor.name).toBe('SchemaError')
      }
    }), { numRuns: 1000 })
  })

  it('comes back whatever its numbers and texts are', () => {
    const value = fc.record({ sku: fc.string({ unit: 'grapheme' }), count: fc.integer(), big: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), huge: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String), swing: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String), delta: fc.integer(), price: fc.double({ noNaN: true, noDefaultInfinity: true }), tags: fc.array(fc.string()), numbers: fc.array(fc.integer()) })
    fc.assert(fc.property(value, (one) => {
      const read = decode(encode(one)) as typeof one
      expect(read).toMatchObject(JSON.parse(JSON.stringify(one)) as object)
    }), { numRuns: 300 })
  })
})

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]
}
