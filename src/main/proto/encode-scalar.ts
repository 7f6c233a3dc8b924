import { show } from '../../shared/suggest.ts'
import { MessageError } from './message-error.ts'
import { KIND } from './message-type.ts'
import type { EnumType } from './message-type.ts'
import type { WireWriter } from './wire.ts'

/** Writes one value, without its tag. Throws {@link MessageError} for one that does not fit. */
export type Put = (value: unknown, writer: WireWriter) => void

const INT32 = [-2_147_483_648, 2_147_483_647] as const
const UINT32 = [0, 4_294_967_295] as const
const INT64 = [-(2n ** 63n), 2n ** 63n - 1n] as const
const UINT64 = [0n, 2n ** 64n - 1n] as const
const NOT_FINITE: Record<string, number> = { NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity }

/** By kind; null for messages, enums and groups. Numbers may stand in quotes, as ProtoJSON has them. */
export function scalarPut(kind: number): Put | null {
  switch (kind) {
    case KIND.double: return (value, writer) => writer.double(real(value))
    case KIND.float: return (value, writer) => writer.float(real(value))
    case KIND.int32: return (value, writer) => signed(integer(value, INT32, 'int32'), writer)
    case KIND.uint32: return (value, writer) => writer.varint(integer(value, UINT32, 'uint32'))
    case KIND.sint32: return (value, writer) => writer.varint(zigZag(integer(value, INT32, 'sint32')))
    case KIND.fixed32: return (value, writer) => writer.fixed32(integer(value, UINT32, 'fixed32'))
    case KIND.sfixed32: return (value, writer) => writer.fixed32(integer(value, INT32, 'sfixed32'))
    case KIND.int64: return (value, writer) => (isIndex(value) ? writer.varint(value) : writer.varint64(bigInteger(value, INT64, 'int64')))
    case KIND.uint64: return (value, writer) => (isIndex(value) ? writer.varint(value) : writer.varint64(bigInteger(value, UINT64, 'uint64')))
    case KIND.sint64: return (value, writer) => writer.varint64(zigZag64(bigInteger(value, INT64, 'sint64')))
    case KIND.fixed64: return (value, writer) => writer.fixed64(bigInteger(value, UINT64, 'fixed64'))
    case KIND.sfixed64: return (value, writer) => writer.fixed64(bigInteger(value, INT64, 'sfixed64'))
    case KIND.bool: return (value, writer) => writer.varint(truth(value) ? 1 : 0)
    case KIND.string: return (value, writer) => writer.text(text(value))
    case KIND.bytes: return (value, writer) => writer.raw(bytes(value))
    default: return null
  }
}

/** A name of the enum, or a number. */
export function enumPut({ name, numbers }: EnumType): Put {
  return (value, writer) => {
    const known = typeof value === 'string' ? numbers.get(value) : undefined
    if (known !== undefined) return signed(known, writer)
    if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value))) return signed(integer(value, INT32, name), writer)
    throw new MessageError(`${show(value)} is no ${name}.`, `Known: ${[...numbers.keys()].slice(0, 12).join(', ')}.`)
  }
}

function signed(value: number, writer: WireWriter): void {
  if (value >= 0) writer.varint(value)
  else writer.varint64(BigInt(value))
}

function zigZag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0
}

function zigZag64(value: bigint): bigint {
  return value >= 0n ? value * 2n : -value * 2n - 1n
}

/** What most numbers are, and what needs no BigInt. */
function isIndex(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)
}

function integer(value: unknown, [least, most]: readonly [number, number], name: string): number {
  const number = typeof value === 'string' && /^-?\d+(\.0+)?$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number
  throw new MessageError(`${show(value)} is no ${name}.`, `Write a whole number from ${least} to ${most}.`)
}

function bigInteger(value: unknown, [least, most]: readonly [bigint, bigint], name: string): bigint {
  const number = typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null
  if (number !== null && number >= least && number <= most) return number
  throw new MessageError(`${show(value)} is no ${name}.`, `Write a whole number from ${least} to ${most}; in quotes beyond 2^53.`)
}

function real(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && Object.hasOwn(NOT_FINITE, value)) return NOT_FINITE[value]!
  if (typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) return Number(value)
  throw new MessageError(`${show(value)} is no number.`, 'Write for example 1.5.')
}

function truth(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw new MessageError(`${show(value)} is neither true nor false.`, 'Write true or false.')
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new MessageError(`${show(value)} is no text.`, 'Write it in quotes.')
}

/** Base64, as in ProtoJSON: both alphabets, with or without padding. */
function bytes(value: unknown): Buffer {
  if (typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return Buffer.from(value, 'base64')
  throw new MessageError(`${show(value)} is not base64.`, 'Bytes are written as base64.')
}
