import { wellKnownOf } from './decode-well-known.ts'
import type { Inner } from './decode-well-known.ts'
import { KIND, MOST_DEPTH, wireTypeOf } from './message-type.ts'
import type { Field, MessageType } from './message-type.ts'
import type { Schema } from './schema.ts'
import { BYTES, WireError, WireReader } from './wire.ts'

/**
 * A message as ProtoJSON writes it: 64-bit numbers and bytes as text, enums by name, names in camelCase. Fields that
 * cannot be told from unset ones are there with their default, so that a check can look at them. Throws {@link WireError}.
 */
export function decodeMessage(bytes: Uint8Array, type: MessageType, schema: Schema, depth = 0): unknown {
  if (depth > MOST_DEPTH) throw new WireError(`it is more than ${MOST_DEPTH} levels deep`)
  const inner = (content: Uint8Array, other: MessageType): unknown => decodeMessage(content, other, schema, depth + 1)
  const fields = fieldsOf(bytes, type, inner)
  const known = wellKnownOf(type, fields, schema, inner)
  return known === undefined ? fields : known
}

function fieldsOf(bytes: Uint8Array, type: MessageType, inner: Inner): Record<string, unknown> {
  // No prototype: names come from whoever wrote the schema.
  const members = Object.assign(Object.create(null) as Record<string, unknown>, Object.fromEntries(type.fields.filter(({ presence }) => !presence).map((field) => [field.jsonName, defaultOf(field)])))
  const reader = new WireReader(bytes)
  while (reader.more) {
    const tag = reader.varint()
    const field = type.byNumber.get(Math.floor(tag / 8))
    if (field === undefined || !fits(field, tag & 7)) reader.skip(tag & 7)
    else read(reader, field, tag & 7, members, inner)
  }
  return members
}

function read(reader: WireReader, field: Field, wireType: number, members: Record<string, unknown>, inner: Inner): void {
  const { jsonName } = field
  if (!field.repeated) members[jsonName] = valueOf(reader, field, inner)
  else if (field.message?.isEntry === true) entryOf(reader.bytes(), field.message, members[jsonName] as Record<string, unknown>, inner)
  else if (wireType === BYTES && wireTypeOf(field.kind) !== BYTES) {
    const packed = new WireReader(reader.bytes())
    while (packed.more) (members[jsonName] as unknown[]).push(valueOf(packed, field, inner))
  } else (members[jsonName] as unknown[]).push(valueOf(reader, field, inner))
}

/** Lists of numbers come packed or not, whatever the schema says. */
function fits({ kind, repeated }: Field, wireType: number): boolean {
  return kind !== KIND.group && (wireType === wireTypeOf(kind) || (repeated && wireType === BYTES))
}

function entryOf(bytes: Uint8Array, entry: MessageType, members: Record<string, unknown>, inner: Inner): void {
  const [key, value] = [entry.byNumber.get(1)!, entry.byNumber.get(2)!]
  const found = fieldsOf(bytes, entry, inner)
  members[String(found[key.jsonName] ?? defaultOf(key))] = found[value.jsonName] ?? (value.message === null ? defaultOf(value) : inner(Buffer.alloc(0), value.message))
}

function defaultOf({ kind, repeated, message, enumeration }: Field): unknown {
  if (repeated) return message?.isEntry === true ? (Object.create(null) as unknown) : []
  switch (kind) {
    case KIND.bool: return false
    case KIND.string:
    case KIND.bytes: return ''
    case KIND.int64:
    case KIND.uint64:
    case KIND.sint64:
    case KIND.fixed64:
    case KIND.sfixed64: return '0'
    case KIND.enum: return enumeration?.names.get(0) ?? 0
    default: return 0
  }
}

function valueOf(reader: WireReader, { kind, message, enumeration }: Field, inner: Inner): unknown {
  switch (kind) {
    case KIND.double: return finite(reader.double())
    case KIND.float: return finite(shortest(reader.float()))
    case KIND.int32: return Number(BigInt.asIntN(32, reader.varint64()))
    case KIND.uint32: return Number(BigInt.asUintN(32, reader.varint64()))
    case KIND.sint32: return Number(BigInt.asIntN(32, unZigZag(reader.varint64())))
    case KIND.fixed32: return reader.fixed32()
    case KIND.sfixed32: return reader.fixed32() | 0
    case KIND.int64: return String(BigInt.asIntN(64, reader.varint64()))
    case KIND.uint64: return String(reader.varint64())
    case KIND.sint64: return String(unZigZag(reader.varint64()))
    case KIND.fixed64: return String(reader.fixed64())
    case KIND.sfixed64: return String(BigInt.asIntN(64, reader.fixed64()))
    case KIND.bool: return reader.varint64() !== 0n
    case KIND.string: return reader.text()
    case KIND.bytes: return reader.bytes().toString('base64')
    case KIND.enum: {
      const number = Number(BigInt.asIntN(32, reader.varint64()))
      return enumeration?.names.get(number) ?? number
    }
    case KIND.message: return message === null ? reader.bytes().toString('base64') : inner(reader.bytes(), message)
    default: throw new WireError('a field of no known kind')
  }
}

function unZigZag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n)
}

/** As JSON has no words for it. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

/** 0.1 and not 0.10000000149011612: the shortest number that is the same in 32 bits. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return value
}
